import Custody
import Model
import Wire

/// Rows about persons, as several commands answer them.
enum PersonRow {
  /// The row of a search or a list: who, of which organisation, and where the relationship stands.
  static func brief(_ person: SealedPerson, _ data: [Datum]) -> JSONObject {
    let header = person.header
    let organisation = person.affiliations.map(\.name).joined(separator: ", ")
    var row: JSONObject = [
      "id": .string(header.id.description), "kind": .string(header.kind.name), "name": .string(name(data)),
      "organisation": person.affiliations.isEmpty ? .null : .string(organisation),
      "status": .string(header.status.name),
      "manager": header.manager.map { .string($0.description) } ?? .null,
    ]
    if !header.marks.isEmpty { row["marks"] = .array(header.marks.names.map { .string($0) }) }
    return row
  }

  /// First and last name.
  static func name(_ data: [Datum]) -> String {
    [Field.firstName, .lastName].compactMap { field in data.first { $0.field == field }?.value }.joined(separator: " ")
  }

  /// Writes the row of `person.show`: clear columns, then the categories as objects.
  static func write(_ person: SealedPerson, _ data: [Datum], into writer: inout JSONWriter) {
    writer.beginObject()
    write(person.header, into: &writer)
    writer.key("organisations")
    writer.beginArray()
    for link in person.affiliations {
      writer.beginObject()
      writer.key("id")
      writer.string(link.organisation.description)
      writer.key("name")
      writer.string(link.name)
      writer.key("entry")
      writer.int(Int64(link.entry))
      writer.endObject()
    }
    writer.endArray()
    write(data, into: &writer)
    writer.endObject()
  }

  /// Writes the data by category and field, an object each.
  private static func write(_ data: [Datum], into writer: inout JSONWriter) {
    func place(_ datum: Datum) -> (UInt8, Field.RawValue, UInt16) {
      (datum.field.category.rawValue, datum.field.rawValue, datum.entry)
    }
    // Most come in order.
    let isSorted = zip(data, data.dropFirst()).allSatisfy { place($0) <= place($1) }
    let sorted = isSorted ? data : data.sorted { place($0) < place($1) }
    var category: Category?
    var index = 0
    while index < sorted.count {
      let field = sorted[index].field
      if field.category != category {
        if category != nil { writer.endObject() }
        category = field.category
        writer.key(field.category.name)
        writer.beginObject()
      }
      let end = sorted[index...].firstIndex { $0.field != field } ?? sorted.count
      write(sorted[index..<end], into: &writer)
      index = end
    }
    if category != nil { writer.endObject() }
  }

  private static func write(_ header: PersonHeader, into writer: inout JSONWriter) {
    writer.key("id")
    writer.string(header.id.description)
    writer.key("rev")
    writer.int(Int64(header.rev))
    writer.key("kind")
    writer.string(header.kind.name)
    writer.key("status")
    writer.string(header.status.name)
    writer.key("language")
    writer.string(header.language.rawValue)
    writer.key("marks")
    writer.beginArray()
    for name in header.marks.names { writer.string(name) }
    writer.endArray()
    writer.key("manager")
    if let manager = header.manager { writer.string(manager.description) } else { writer.null() }
    writer.key("informed")
    if let informed = header.informedAt { writer.string(informed.day.description) } else { writer.null() }
  }

  /// Writes a field: one value, or an array where a person can have several.
  private static func write(_ values: ArraySlice<Datum>, into writer: inout JSONWriter) {
    guard let first = values.first else { return }
    let isRepeated = first.field.category == .contact || first.field.category == .professional
    writer.key(first.field.name)
    if isRepeated { writer.beginArray() }
    for datum in isRepeated ? values : values.prefix(1) { write(datum, numbered: isRepeated, into: &writer) }
    if isRepeated { writer.endArray() }
  }

  private static func write(_ datum: Datum, numbered: Bool, into writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("value")
    writer.string(datum.value)
    writer.key("source")
    writer.string(datum.source.name)
    writer.key("at")
    writer.string(datum.at.description)
    if !datum.sourceNote.isEmpty {
      writer.key("source-note")
      writer.string(datum.sourceNote)
    }
    if !datum.label.isEmpty {
      writer.key("label")
      writer.string(datum.label)
    }
    if numbered {
      writer.key("entry")
      writer.int(Int64(datum.entry))
    }
    writer.endObject()
  }
}
