import Custody
import Model
import Postgres
import Wire

/// Gives all customers of one employee to another, in one transaction: what is done when somebody leaves.
struct CustomerReassign: RegisterCommand {
  static let spec = CommandSpec(
    verb: "customer.reassign",
    summary: Text(
      en: "Give all customers of one employee to another.", fi: "Siirrä työntekijän kaikki asiakkaat toiselle.",
      sv: "Flytta en anställds alla kunder till en annan."),
    parameters: [
      .init(
        "from", .text, required: true, personal: true,
        Text(
          en: "whose customers they are: id or log-in name", fi: "kenen asiakkaita: tunniste tai käyttäjätunnus",
          sv: "vems kunder: id eller användarnamn")),
      .init(
        "to", .text, required: true, personal: true,
        Text(
          en: "who gets them: id or log-in name", fi: "kenelle: tunniste tai käyttäjätunnus",
          sv: "till vem: id eller användarnamn")),
      .init(
        "dry-run", .flag, required: false, personal: false,
        Text(en: "only count", fi: "vain laske", sv: "endast räkna")),
    ],
    columns: [.init("persons", personal: false), .init("organisations", personal: false)],
    permission: .object(.reassign, .write), purpose: .optional, effect: .write, log: .perPerson, approval: .never,
    timeLimitMilliseconds: Limits.reassignMilliseconds)

  /// Persons in one statement.
  private static let chunk = 5000

  private let from: UserReference
  private let to: UserReference
  private let isDryRun: Bool

  init(_ arguments: inout Arguments) throws(RegisterError) {
    from = try UserReference(try arguments.required("from"), "from")
    to = try UserReference(try arguments.required("to"), "to")
    isDryRun = try arguments.flag("dry-run")
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let (giver, taker) = try Self.check(from, to, call.custody.currentRules)
    if isDryRun { return try await count(giver, call, permit) }
    var persons: [(id: PersonID, rev: Int32)] = []
    var announced: [Int64] = []
    let final = try await call.commitWithOrganisations(permit) { change in
      let ids = try await Store.lockManaged(by: giver, limit: Limits.reassignPersonsMax + 1, in: change.transaction)
      let organisations = try await Store.reassignOrganisations(
        of: giver, to: taker, limit: Limits.reassignPersonsMax + 1, in: change.transaction)
      guard max(ids.count, organisations.count) <= Limits.reassignPersonsMax else { throw Self.tooMany }
      for start in stride(from: 0, to: ids.count, by: Self.chunk) {
        let part = Array(ids[start..<min(start + Self.chunk, ids.count)])
        persons += try await Store.reassign(
          part, to: taker, by: change.context.principal.user, verb: change.context.verb, in: change.transaction)
        announced += try await Store.announce(persons: part, organisations: [], in: change.transaction)
        for id in part { change.note(id, subject: taker.retyped()) }
        try await call.port.progress(done: persons.count, total: ids.count)
      }
      for organisation in organisations { change.note(rows: 1, subject: organisation.id.retyped()) }
      return (
        .init(rows: [Self.row(persons: persons.count, organisations: organisations.count)], object: ["rows": 1]),
        organisations
      )
    }
    call.directory.reassign(persons, to: taker, announced: announced)
    if !announced.isEmpty { await call.store.tell(Store.directoryChannel) }
    return final
  }

  private func count(_ giver: UserID, _ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let found = try await call.store.managed(by: giver, deadline: call.context.deadline)
    let receipt = try await call.custody.disclosure(permit).record(
      rows: found.persons + found.organisations, epoch: found.epoch, subject: giver.retyped())
    try await call.port.send(
      Reply.row(Self.row(persons: found.persons, organisations: found.organisations), receipt))
    return Reply.done(["rows": 1, "dry-run": true], receipt)
  }

  private static func row(persons: Int, organisations: Int) -> JSONObject {
    ["persons": .int(Int64(persons)), "organisations": .int(Int64(organisations))]
  }

  /// The two accounts. The one who gives may be disabled; the one who gets must be able to see, one by one and not only
  /// by list or segment, who the customers are.
  static func check(_ from: UserReference, _ to: UserReference, _ rules: AccessRules) throws(RegisterError) -> (
    from: UserID, to: UserID
  ) {
    guard let giver = from.find(in: rules), let taker = to.find(in: rules) else { throw .notFound }
    guard giver.id != taker.id else {
      throw .invalid(
        "to", Text(en: "Both are the same employee.", fi: "Molemmat ovat sama työntekijä.", sv: "Båda är samma person.")
      )
    }
    let seesPersons = taker.roles.contains { role in
      rules.grants(of: role).contains { !$0.isDeny && $0.action == .read && $0.object == .identity }
    }
    guard !taker.isDisabled, seesPersons else {
      throw .conflictState(
        Text(
          en: "Customers can go only to an enabled account whose job role sees persons.",
          fi: "Asiakkaat voi siirtää vain käytössä olevalle tilille, jonka työnkuva näkee henkilöitä.",
          sv: "Kunder kan flyttas endast till ett konto i bruk vars arbetsroll ser personer."))
    }
    return (giver.id, taker.id)
  }

  private static let tooMany = RegisterError(
    "limit/quota",
    Text(
      en: "These are too many customers for one command.", fi: "Asiakkaita on liikaa yhdelle komennolle.",
      sv: "Det är för många kunder för ett kommando."))
}

extension Limits {
  /// Persons, and organisations, that change hands in one command.
  static let reassignPersonsMax = 50_000
  /// How long that may take.
  static let reassignMilliseconds = 300_000
}
