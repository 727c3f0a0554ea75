import Custody
import Model
import Wire

/// Has an employee stand in for a colleague for some days; a second person approves it.
struct DeputyAdd: RegisterCommand {
  static let spec = CommandSpec(
    verb: "deputy.add",
    summary: Text(
      en: "Have an employee stand in for a colleague for some days, with another person's approval.",
      fi: "Aseta työntekijälle sijainen päiviksi toisen henkilön hyväksynnällä.",
      sv: "Ge en anställd en ställföreträdare för några dagar med en annan persons godkännande."),
    parameters: [
      .init("user", .text, required: true, personal: true, DeputyWords.user),
      .init("deputy", .text, required: true, personal: true, DeputyWords.deputy),
      .init("from", .day, required: true, personal: false, DeputyWords.from),
      .init("until", .day, required: true, personal: false, DeputyWords.until),
    ],
    columns: [.init("id", personal: false), .init("rev", personal: false)], permission: .object(.deputies, .write),
    purpose: .none, effect: .write, log: .one, approval: .always(.given),
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let user: UserReference
  private let deputy: UserReference
  private let from: Day
  private let until: Day

  init(_ arguments: inout Arguments) throws(RegisterError) {
    user = try UserReference(try arguments.required("user"), "user")
    deputy = try UserReference(try arguments.required("deputy"), "deputy")
    from = try Self.day(arguments, "from")
    until = try Self.day(arguments, "until")
    guard until >= from, until >= .today() else { throw .invalid("until", DeputyWords.order) }
    guard until.number - from.number <= 366 else { throw .invalid("until", DeputyWords.long) }
  }

  private static func day(_ arguments: Arguments, _ name: String) throws(RegisterError) -> Day {
    guard let day = Day(try arguments.required(name)) else { throw .invalid(name, DeputyWords.noDay) }
    return day
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try await call.commitRules(permit) { rules, change in
      let present = rules.stored.rules
      guard let employee = user.find(in: present), let standsIn = deputy.find(in: present) else {
        throw RegisterError.notFound
      }
      guard employee.id != standsIn.id, !standsIn.isDisabled else {
        throw RegisterError.conflictState(DeputyWords.cannot)
      }
      guard (employee.roles + standsIn.roles).allSatisfy(\.seesPersons) else {
        throw RegisterError.conflictState(DeputyWords.apart)
      }
      try change.requireApproval(.deputies, barred: standsIn.id)
      let made = Deputy(employee: employee.id, deputy: standsIn.id, from: from, until: until)
      try await rules.put(made)
      return RuleResult(user: made.id.retyped(), rev: 1)
    }
  }
}

/// Ends a deputy's time at once.
struct DeputyRemove: RegisterCommand {
  static let spec = CommandSpec(
    verb: "deputy.remove",
    summary: Text(
      en: "End a deputy's time at once.", fi: "Lopeta sijaisuus heti.", sv: "Avsluta ett ställföreträdarskap genast."),
    parameters: [.init("id", .id, required: true, personal: false, DeputyWords.id)],
    columns: [.init("id", personal: false), .init("rev", personal: false)], permission: .object(.deputies, .write),
    purpose: .none, effect: .write, log: .one, approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: ID<Deputy>

  init(_ arguments: inout Arguments) throws(RegisterError) { id = try arguments.id("id") }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try await call.commitRules(permit) { rules, _ in
      guard rules.stored.rules.deputies.contains(where: { $0.id == id }) else { throw RegisterError.notFound }
      try await rules.remove(id)
      return RuleResult(user: id.retyped(), rev: 2)
    }
  }
}

/// Lists who stands in for whom, now and later.
struct DeputyList: RegisterCommand {
  static let spec = CommandSpec(
    verb: "deputy.list",
    summary: Text(
      en: "List who stands in for whom.", fi: "Luettele sijaisuudet.", sv: "Lista vem som ställföreträder vem."),
    parameters: ListPage.parameters,
    columns: [
      .init("id", personal: false), .init("user", personal: true), .init("deputy", personal: true),
      .init("from", personal: false), .init("until", personal: false), .init("holds", personal: false),
    ],
    permission: .object(.deputies, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let page: ListPage

  init(_ arguments: inout Arguments) throws(RegisterError) { page = try ListPage(arguments) }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let rules = call.custody.currentRules
    let today = Day.today()
    let all = rules.deputies.filter { $0.until >= today }.sorted { ($0.from, $0.id) < ($1.from, $1.id) }
    let (deputies, next) = try page.cut(all) { $0.id.description }
    let rows: [JSONObject] = deputies.map {
      [
        "id": .id($0.id), "user": .text(rules.employees[$0.employee]?.name),
        "deputy": .text(rules.employees[$0.deputy]?.name), "from": .string($0.from.description),
        "until": .string($0.until.description), "holds": .bool($0.holds(on: today)),
      ]
    }
    return try await call.show(permit, rows, ending: ListPage.ending(next))
  }
}

/// Texts about deputies.
enum DeputyWords {
  static let user = Text(
    en: "whose customers, by log-in name or id", fi: "kenen asiakkaat, käyttäjätunnus tai tunniste",
    sv: "vems kunder, användarnamn eller id")
  static let deputy = Text(
    en: "who stands in, by log-in name or id", fi: "kuka sijaistaa, käyttäjätunnus tai tunniste",
    sv: "vem som ställföreträder, användarnamn eller id")
  static let from = Text(en: "first day (UTC)", fi: "ensimmäinen päivä (UTC)", sv: "första dagen (UTC)")
  static let until = Text(en: "last day (UTC)", fi: "viimeinen päivä (UTC)", sv: "sista dagen (UTC)")
  static let id = Text(en: "the deputy's time, by its id", fi: "sijaisuuden tunniste", sv: "ställföreträdarskapets id")
  static let noDay = Text(
    en: "A day such as 2026-01-31 is needed.", fi: "Anna päivä muodossa 2026-01-31.", sv: "Ange en dag som 2026-01-31.")
  static let order = Text(
    en: "The last day is not before the first nor in the past.",
    fi: "Viimeinen päivä ei ole ennen ensimmäistä eikä menneisyydessä.",
    sv: "Den sista dagen är inte före den första och inte i det förflutna.")
  static let long = Text(
    en: "At most a year at a time.", fi: "Enintään vuosi kerrallaan.", sv: "Högst ett år i taget.")
  static let cannot = Text(
    en: "This account cannot stand in.", fi: "Tämä tili ei voi sijaistaa.", sv: "Detta konto kan inte ställföreträda.")
  static let apart = Text(
    en: "Administrators and auditors neither stand in nor are stood in for.",
    fi: "Pääkäyttäjät ja tarkastajat eivät sijaista eikä heitä sijaisteta.",
    sv: "Administratörer och revisorer varken ställföreträder eller ersätts.")
}
