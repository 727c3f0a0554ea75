import Custody
import Model

/// The filters that questions to the log share.
struct LogQuestion: Sendable {
  static let parameters: [ParameterSpec] =
    [
      .init("person", .id, required: false, personal: false, Words.person),
      .init("user", .text, required: false, personal: true, AccountWords.user),
      .init(
        "verb", .text, required: false, personal: false, Text(en: "the command", fi: "komento", sv: "kommandot")),
      .init(
        "outcome", .word(Outcome.allCases.map(\.name)), required: false, personal: false,
        Text(en: "how it ended", fi: "miten päättyi", sv: "hur det slutade")),
      .init("purpose", .word(Purpose.allCases.map(\.name)), required: false, personal: false, AccountWords.purpose),
    ] + LogTimes.parameters

  private let user: UserReference?
  private let rest: LogFilter

  init(_ arguments: Arguments) throws(RegisterError) {
    // Nothing in place of a name is no question about everybody.
    for name in ["user", "person", "verb", "outcome"] where arguments.text(name) != nil {
      _ = try arguments.required(name)
    }
    user = try arguments.text("user").map { text throws(RegisterError) in try UserReference(text, "user") }
    var rest = LogFilter()
    rest.person = try arguments.optionalID("person")
    rest.verb = try Self.verb(arguments)
    rest.outcome = try arguments.word("outcome") { Outcome(name: $0) }
    rest.purpose = try arguments.word("purpose") { Purpose(name: $0) }
    let times = try LogTimes(arguments)
    rest.since = times.since
    rest.until = times.until
    self.rest = rest
  }

  /// The filter, with the employee that a log-in name means.
  func filter(_ rules: AccessRules) throws(RegisterError) -> LogFilter {
    var filter = rest
    filter.user = try user.map { user throws(RegisterError) in try Self.id(of: user, rules) }
    return filter
  }

  /// Whom it is about, for the log: the person, else the employee.
  static func subject(_ filter: LogFilter) -> ID<Named.Request>? {
    filter.person?.retyped() ?? filter.user?.retyped()
  }

  /// The employee whom an id or a log-in name means. An id may be one whom the log knows and the register does not.
  static func id(of user: UserReference, _ rules: AccessRules) throws(RegisterError) -> UserID {
    switch user {
    case .id(let id): return id
    case .name(let name):
      guard let employee = rules.employee(named: name) else { throw .invalid("user", AccountWords.unknownUser) }
      return employee.id
    }
  }

  /// A verb's form, known or not: older entries may have verbs that are gone.
  private static func verb(_ arguments: Arguments) throws(RegisterError) -> String? {
    guard let verb = arguments.text("verb"), !verb.isEmpty else { return nil }
    let isGood =
      verb.utf8.count <= 128
      && verb.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E
      }
    guard isGood else {
      throw .invalid(
        "verb",
        Text(
          en: "This is not a command's name.", fi: "Tämä ei ole komennon nimi.", sv: "Detta är inte ett kommandonamn."))
    }
    return verb
  }
}

extension LogTimes {
  /// The parameters that they are read from.
  static let parameters: [ParameterSpec] = [
    .init(
      "since", .instant, required: false, personal: false,
      Text(en: "from this time or day on", fi: "tästä ajasta tai päivästä alkaen", sv: "från denna tid eller dag")),
    .init(
      "until", .instant, required: false, personal: false,
      Text(
        en: "before this time, or up to and with this day", fi: "ennen tätä aikaa, tai tämä päivä mukaan lukien",
        sv: "före denna tid, eller till och med denna dag")),
  ]

  init(_ arguments: Arguments) throws(RegisterError) {
    self.init(since: try arguments.instant("since"), until: try Self.until(arguments))
    if let since, let until, until <= since {
      throw .invalid(
        "until",
        Text(en: "This is before since.", fi: "Tämä on ennen since-aikaa.", sv: "Detta är före since."))
    }
  }

  /// A day belongs whole; a time is the first that does not.
  private static func until(_ arguments: Arguments) throws(RegisterError) -> Instant? {
    guard let instant = try arguments.instant("until") else { return nil }
    return arguments.text("until")?.utf8.count == 10 ? instant.adding(seconds: 86_400) : instant
  }
}
