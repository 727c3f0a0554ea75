import Custody
import Model
import Wire

/// Rows about persons, as several commands answer them.
enum PersonRow {
  /// The row of a search or a list: who, of which organisation, and where the relationship stands.
  static func brief(_ person: SealedPerson, _ data: [Datum], _ names: [OrganisationID: String]) -> JSONObject {
    let header = person.header
    let organisation = person.affiliations.compactMap { names[$0.organisation] }.joined(separator: ", ")
    var row: JSONObject = [
      "id": .string(header.id.description), "kind": .string(header.kind.name), "name": .string(name(data)),
      "organisation": person.affiliations.isEmpty ? .null : .string(organisation),
      "status": .string(header.status.name),
    ]
    row["manager"] = header.manager.map { .string($0.description) } ?? .null
    if !header.marks.isEmpty { row["marks"] = .array(header.marks.names.map { .string($0) }) }
    return row
  }

  /// First and last name.
  static func name(_ data: [Datum]) -> String {
    [Field.firstName, .lastName].compactMap { field in data.first { $0.field == field }?.value }.joined(separator: " ")
  }

  /// The row of `person.show`: clear columns, then the categories as objects.
  static func full(_ person: SealedPerson, _ data: [Datum], _ names: [OrganisationID: String]) -> JSONObject {
    let header = person.header
    var row: JSONObject = [
      "id": .string(header.id.description), "rev": .int(Int64(header.rev)), "kind": .string(header.kind.name),
      "status": .string(header.status.name), "language": .string(header.language.rawValue),
      "marks": .array(header.marks.names.map { .string($0) }),
    ]
    row["manager"] = header.manager.map { .string($0.description) } ?? .null
    row["informed"] = header.informedAt.map { .string($0.day.description) } ?? .null
    row["organisations"] = .array(
      person.affiliations.map { link in
        [
          "id": .string(link.organisation.description), "name": .string(names[link.organisation] ?? ""),
          "entry": .int(Int64(link.entry)),
        ]
      })
    for category in Category.allCases {
      let own = data.filter { $0.field.category == category }
      guard !own.isEmpty else { continue }
      row[category.name] = .object(object(own))
    }
    return row
  }

  /// A category: each field once; a field that a person can have several of is an array.
  private static func object(_ data: [Datum]) -> JSONObject {
    var object = JSONObject()
    for field in Field.allCases {
      let values = data.filter { $0.field == field }.sorted { $0.entry < $1.entry }
      guard let first = values.first else { continue }
      let isRepeated = field.category == .contact || field.category == .professional
      object[field.name] = isRepeated ? .array(values.map { value($0, numbered: true) }) : value(first, numbered: false)
    }
    return object
  }

  private static func value(_ datum: Datum, numbered: Bool) -> JSON {
    var value: JSONObject = [
      "value": .string(datum.value), "source": .string(datum.source.name), "at": .string(datum.at.description),
    ]
    if !datum.sourceNote.isEmpty { value["source-note"] = .string(datum.sourceNote) }
    if !datum.label.isEmpty { value["label"] = .string(datum.label) }
    if numbered { value["entry"] = .int(Int64(datum.entry)) }
    return .object(value)
  }
}
