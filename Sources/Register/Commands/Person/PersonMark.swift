import Custody
import Model
import Wire

/// Sets or takes away a mark on a person.
struct PersonMark: RegisterCommand {
  private static let marks: [(name: String, mark: Marks, object: PolicyObject)] = [
    ("deceased", .deceased, .markDeceased), ("do-not-contact", .doNotContact, .markDoNotContact),
    ("protected", .protected, .markProtected),
  ]

  static let spec = CommandSpec(
    verb: "person.mark",
    summary: Text(
      en: "Mark a person as deceased, not to be contacted, or protected.",
      fi: "Merkitse henkilö kuolleeksi, yhteydenottokieltoon tai turvakieltoon.",
      sv: "Märk en person som avliden, kontaktförbjuden eller skyddad."),
    parameters: [
      .init("id", .id, required: true, personal: false, Words.person),
      .init("rev", .int(1...Int(Int32.max)), required: false, personal: false, Words.rev),
      .init(
        "mark", .word(marks.map(\.name)), required: true, personal: true,
        Text(en: "which mark", fi: "mikä merkintä", sv: "vilken märkning")),
      .init(
        "off", .flag, required: false, personal: false,
        Text(en: "take it away", fi: "poista merkintä", sv: "ta bort den")),
    ],
    columns: [.init("id", personal: false), .init("rev", personal: false)], permission: .marks, purpose: .required,
    effect: .write, log: .perPerson, approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: PersonID
  private let rev: Int32?
  private let mark: Marks
  private let object: PolicyObject
  private let isOff: Bool

  init(_ arguments: inout Arguments) throws(RegisterError) {
    id = try arguments.id("id")
    rev = arguments.text("rev") == nil ? nil : try arguments.rev()
    let found = try arguments.requiredWord("mark") { word in Self.marks.first { $0.name == word } }
    mark = found.mark
    object = found.object
    isOff = try arguments.flag("off")
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try await call.commit(permit) { change in
      guard
        let person = try await call.store.lock(
          id, [.init(.identity), .init(.contact)], for: .update, in: change.transaction),
        !change.readable(person.header).isEmpty
      else { throw RegisterError.notFound }
      guard change.reaches(object, of: person.header) else { throw RegisterError.deniedRole }
      if let rev, rev != person.header.rev { throw RegisterError.conflictRev }
      var header = person.header
      header.rev += 1
      if isOff { header.marks.subtract(mark) } else { header.marks.formUnion(mark) }
      try await change.edit(person, [], header: header)
      try await call.finish(change, header, [], source: nil)
      return .init(rows: [["id": .string(id.description), "rev": .int(Int64(header.rev))]], object: ["rows": 1])
    }
  }
}
