import Custody
import Model
import Postgres
import Wire

/// Records when and how a person was told of the register (Art. 13, 14).
struct PersonInform: RegisterCommand {
  private static let channels = ["letter", "email", "phone", "meeting", "form", "website"]

  static let spec = CommandSpec(
    verb: "person.inform",
    summary: Text(
      en: "Record that a person was told of the register.", fi: "Kirjaa, että henkilölle on kerrottu rekisteristä.",
      sv: "Anteckna att en person har informerats om registret."),
    parameters: [
      .init("id", .id, required: true, personal: false, Words.person),
      .init("rev", .int(1...Int(Int32.max)), required: false, personal: false, Words.rev),
      .init(
        "channel", .word(channels), required: true, personal: false,
        Text(en: "how they were told", fi: "miten kerrottiin", sv: "hur informationen gavs")),
      .init(
        "at", .instant, required: false, personal: false,
        Text(en: "when (now unless given)", fi: "milloin (nyt, ellei anneta)", sv: "när (nu om inte angivet)")),
    ],
    columns: [.init("id", personal: false), .init("rev", personal: false)],
    permission: .object(.informing, .write), purpose: .required, effect: .write, log: .perPerson, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: PersonID
  private let rev: Int32?
  private let channel: Int16
  private let at: Instant

  init(_ arguments: inout Arguments) throws(RegisterError) {
    id = try arguments.id("id")
    rev = arguments.text("rev") == nil ? nil : try arguments.rev()
    channel = Int16(try arguments.requiredWord("channel") { Self.channels.firstIndex(of: $0) } + 1)
    at = try arguments.instant("at") ?? .now()
    guard at <= Instant.now().adding(seconds: 60) else {
      throw .invalid(
        "at", Text(en: "This is in the future.", fi: "Aika on tulevaisuudessa.", sv: "Tiden är i framtiden."))
    }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try await call.commit(permit) { change in
      guard
        let person = try await call.store.lock(
          id, [.init(.identity), .init(.contact)], for: .update, in: change.transaction),
        !change.readable(person.header).isEmpty
      else { throw RegisterError.notFound }
      guard change.reaches(.informing, of: person.header) else { throw RegisterError.deniedRole }
      if let rev, rev != person.header.rev { throw RegisterError.conflictRev }
      var header = person.header
      header.rev += 1
      header.informedAt = at
      _ = try await change.transaction.query("UPDATE person SET informed_how = \(channel) WHERE id = \(id)")
      try await change.edit(person, [], header: header)
      try await call.finish(change, header, [], source: nil)
      return .init(rows: [["id": .string(id.description), "rev": .int(Int64(header.rev))]], object: ["rows": 1])
    }
  }
}
