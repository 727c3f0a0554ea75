import Custody
import Model
import Wire

/// Finds the ids, and nothing else, of the persons whom a name, an e-mail address or a phone number matches: for whoever
/// may question the log, and reaches no person's data.
///
/// Everybody is found, those under restriction and turvakielto too: an access to them must be found like any other.
struct LogPerson: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.person",
    summary: Text(
      en: "Find the ids of persons by name, e-mail or phone, to question the access log about them.",
      fi: "Etsi henkilöiden tunnisteet nimellä, sähköpostilla tai puhelimella käyttölokin kyselyjä varten.",
      sv: "Sök personers id på namn, e-post eller telefon, för frågor till åtkomstloggen."),
    parameters: [
      .init(
        "text", .text, required: true, personal: true,
        Text(
          en: "name, e-mail or phone, as you would say it", fi: "nimi, sähköposti tai puhelin",
          sv: "namn, e-post eller telefon")),
      .init("limit", .int(1...Limits.pageRowsMax), required: false, personal: false, Words.limit),
    ],
    columns: [.init("person", personal: false)], permission: .object(.log, .read), purpose: .none, effect: .read,
    log: .perPerson, approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let text: String
  private let limit: Int

  init(_ arguments: inout Arguments) throws(RegisterError) {
    text = try SearchText.parse(arguments, "text")
    limit = try arguments.int("limit", in: 1...Limits.pageRowsMax, default: Limits.pageRowsMax)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    // One more than is answered tells whether there are more.
    let found = call.directory.everybody(text, limit: limit + 1)
    let persons = Array(found.prefix(limit))
    let textHash = try SearchWords.hash(text, keys: call.custody.keys, month: SearchWords.month(of: .now()))
    let receipt = try await call.custody.disclosure(permit).record(
      naming: persons, epoch: try await call.store.epoch(), textHash: textHash)
    for person in persons { try await call.port.send(Reply.row(["person": .id(person)], receipt)) }
    var object: JSONObject = ["rows": .int(Int64(persons.count))]
    if found.count > limit { object["more"] = true }
    return Reply.done(object, receipt)
  }
}
