public import Model

/// A change to what is held on a person. It is carried out within Custody, so that the data that stays need not be shown
/// to anybody for it.
public enum DatumEdit: Sendable {
  /// Where a new value comes from.
  public struct Origin: Sendable {
    /// The source.
    public var source: DataSource
    /// Which other source.
    public var note: String
    /// The day.
    public var at: Day

    /// An origin.
    public init(source: DataSource, note: String = "", at: Day = .today()) {
      self.source = source
      self.note = note
      self.at = at
    }
  }

  /// Sets a field, or with nil removes it. `entry` says which of several; nil is the first one, or a new one.
  case set(Field, entry: UInt16?, value: String?, Origin)
  /// Adds data that belong together under a new number.
  case add([(field: Field, value: String)], label: String, Origin)
  /// Removes what has this number in the category.
  case remove(Category, entry: UInt16)

  /// The category it changes.
  var category: Category? {
    switch self {
    case .set(let field, _, _, _): field.category
    case .add(let fields, _, _): fields.first?.field.category
    case .remove(let category, _): category
    }
  }
}

/// Data of one category with edits applied. Pure.
struct EditedCategory {
  private(set) var data: [Datum]
  /// The fields that were given another value, or lost theirs.
  private(set) var changed: FieldSet = []
  /// The numbers that were given to what was added.
  private(set) var added: [UInt16] = []

  init(_ data: [Datum]) { self.data = data }

  mutating func apply(_ edit: DatumEdit) throws(RegisterError) {
    switch edit {
    case .set(let field, let entry, let value, let origin): set(field, entry, value, origin)
    case .add(let fields, let label, let origin): try add(fields, label, origin)
    case .remove(let category, let entry):
      let going = data.filter { $0.entry == entry && $0.field.category == category }
      guard !going.isEmpty else { throw .notFound }
      data.removeAll { $0.entry == entry && $0.field.category == category }
      changed.formUnion(FieldSet(going.map(\.field)))
    }
  }

  private static let address = FieldSet([.street, .postcode, .town, .country])

  private mutating func set(_ field: Field, _ entry: UInt16?, _ value: String?, _ origin: DatumEdit.Origin) {
    let group = Self.address.contains(field) ? Self.address : FieldSet(field)
    let number = entry ?? data.filter { group.contains($0.field) }.map(\.entry).min() ?? nextEntry
    let position = data.firstIndex { $0.field == field && $0.entry == number }
    guard let value else {
      guard let position else { return }
      data.remove(at: position)
      changed.insert(FieldSet(field))
      return
    }
    if let position {
      guard data[position].value != value else { return }
      data[position].value = value
      data[position].source = origin.source
      data[position].sourceNote = origin.note
      data[position].at = origin.at
    } else {
      data.append(
        Datum(
          field: field, entry: number, value: value, source: origin.source, sourceNote: origin.note, at: origin.at))
    }
    changed.insert(FieldSet(field))
  }

  private mutating func add(_ fields: [(field: Field, value: String)], _ label: String, _ origin: DatumEdit.Origin)
    throws(RegisterError)
  {
    let number = nextEntry
    for (field, value) in fields {
      guard data.count(where: { $0.field == field }) < Limits.contactsPerKindMax else {
        throw .invalid(
          field.name,
          Text(en: "There are too many already.", fi: "Niitä on jo liian monta.", sv: "Det finns redan för många."))
      }
      data.append(
        Datum(
          field: field, entry: number, value: value, label: label, source: origin.source, sourceNote: origin.note,
          at: origin.at))
      changed.insert(FieldSet(field))
    }
    added.append(number)
  }

  private var nextEntry: UInt16 { (data.map(\.entry).max() ?? 0) + 1 }
}
