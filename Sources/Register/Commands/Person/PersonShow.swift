import Custody
import Model
import Wire

/// Shows one person: the categories that the role may see, each value with its source and date.
struct PersonShow: RegisterCommand {
  static let spec = CommandSpec(
    verb: "person.show",
    summary: Text(
      en: "Show a person's data, each value with its source and date.",
      fi: "Näytä henkilön tiedot lähteineen ja päivineen.", sv: "Visa en persons uppgifter med källa och datum."),
    parameters: [
      .init("id", .id, required: true, personal: false, Words.person),
      .init(
        "fields", .words(Category.allCases.map(\.name) + Field.allCases.map(\.name)), required: false, personal: false,
        Words.fields),
    ],
    columns: ["id", "rev", "kind", "status", "manager", "language", "marks", "organisations"].map {
      .init($0, personal: false)
    } + Category.allCases.map { .init($0.name, personal: true) },
    permission: .persons(CategorySet(.identity), .read), purpose: .required, effect: .read, log: .perPerson,
    approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)
  static let isBrief = true

  private let id: PersonID
  private let fields: FieldSet

  init(_ arguments: inout Arguments) throws(RegisterError) {
    id = try arguments.id("id")
    let sets: [FieldSet]? = try arguments.words("fields") { word in
      Category(name: word).map { FieldSet(in: CategorySet($0)) } ?? Field(name: word).map { FieldSet($0) }
    }
    fields = sets.map { $0.reduce(into: []) { $0.formUnion($1) } } ?? .all
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let (person, epoch) = try await call.store.person(id, fields.categories)
    let disclosure = call.custody.disclosure(permit)
    guard let person, !disclosure.fields(of: person.header).isEmpty else { throw RegisterError.notFound }
    guard !disclosure.fields(of: person.header).isDisjoint(with: fields) else { throw RegisterError.deniedRole }
    let receipt = try await disclosure.record([person.header], fields: fields, epoch: epoch)
    let data = try call.custody.vault.open(person, receipt)
    try await call.port.send(Reply.row(receipt) { PersonRow.write(person, data, into: &$0) })
    return Reply.done(["rows": 1], receipt)
  }
}
