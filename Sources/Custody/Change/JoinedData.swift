import Model

/// The data of two records of one human being, category by category: what the record that stays will hold. Pure.
struct JoinedData {
  /// What the record that stays held, and behind it what was added.
  private(set) var data: [Datum]
  /// The fields that gained a value.
  private(set) var changed: FieldSet = []
  /// The fields of the record that goes whose value has no place beside that of the one that stays.
  private(set) var dropped: FieldSet = []

  /// The data of a category of the record that stays.
  init(_ data: [Datum]) { self.data = data }

  /// Adds the data of the same category of the record that goes; each datum keeps its source and its day.
  ///
  /// - Parameter links: Which number a link to an organisation gets.
  /// - Throws: `conflict/state` where a person would have too many of a kind.
  mutating func join(_ other: [Datum], of category: Category, links: JoinedLinks) throws(RegisterError) {
    switch category {
    case .identity, .demographic, .other:
      for datum in other { joinSingle(datum) { $0.field == datum.field } }
    case .professional:
      for var datum in other {
        datum.entry = links.number(of: datum.entry)
        joinSingle(datum) { $0.field == datum.field && $0.entry == datum.entry }
      }
    case .contact, .commercial, .interactions, .lists, .feedback, .research:
      try joinGroups(other)
    }
  }

  /// A field that a person has once: the value that is there stays.
  private mutating func joinSingle(_ datum: Datum, _ isSame: (Datum) -> Bool) {
    guard let held = data.first(where: isSame) else { return append([datum]) }
    if held.value != datum.value { dropped.insert(FieldSet(datum.field)) }
  }

  /// Data that belong together, such as the lines of an address: added unless all of it stands together there already.
  private mutating func joinGroups(_ other: [Datum]) throws(RegisterError) {
    for var group in Self.groups(of: other) {
      let lines = Set(group.map(Line.init))
      guard !Self.groups(of: data).contains(where: { Set($0.map(Line.init)).isSuperset(of: lines) }) else { continue }
      guard let number = Numbers.next(after: data.map(\.entry)) else { throw .tooMuchToJoin }
      for index in group.indices { group[index].entry = number }
      append(group)
    }
    for field in changed.members where data.count(where: { $0.field == field }) > Limits.contactsPerKindMax {
      throw .tooMuchToJoin
    }
  }

  private mutating func append(_ added: [Datum]) {
    data += added
    changed.formUnion(FieldSet(added.map(\.field)))
  }

  private struct Line: Hashable {
    let field: Field
    let value: String
    init(_ datum: Datum) {
      field = datum.field
      value = datum.value
    }
  }

  /// Data of one number, in the order of the numbers; a phone and an e-mail address stand for themselves whatever number
  /// they share.
  private static func groups(of data: [Datum]) -> [[Datum]] {
    struct Key: Hashable {
      let entry: UInt16
      let kind: UInt8
    }
    let groups = Dictionary(grouping: data) { datum in
      let standsAlone = datum.field == .phone || datum.field == .email
      return Key(entry: datum.entry, kind: standsAlone ? datum.field.rawValue : 0)
    }
    return groups.sorted { ($0.key.entry, $0.key.kind) < ($1.key.entry, $1.key.kind) }.map(\.value)
  }
}

/// The organisations of two contact persons who are one, each once. Pure.
struct JoinedLinks {
  /// The links that the record that stays gets besides its own, numbered anew.
  private(set) var added: [SealedPerson.Affiliation] = []
  private var numbers: [UInt16: UInt16] = [:]
  private let first: UInt16

  /// Joins the links of the record that goes to those of the one that stays.
  ///
  /// - Parameter used: The numbers that title and position carry in the record that stays.
  init(
    _ stays: [SealedPerson.Affiliation], _ goes: [SealedPerson.Affiliation], used: [UInt16]
  ) throws(RegisterError) {
    var taken = used + stays.map(\.entry)
    for link in goes.sorted(by: { $0.entry < $1.entry }) {
      if let own = stays.first(where: { $0.organisation == link.organisation }) {
        numbers[link.entry] = own.entry
      } else {
        guard let number = Numbers.next(after: taken) else { throw .tooMuchToJoin }
        taken.append(number)
        numbers[link.entry] = number
        added.append(.init(organisation: link.organisation, entry: number, name: link.name))
      }
    }
    first = (stays + added).map(\.entry).min() ?? used.min() ?? 1
  }

  /// The number that a title or position of the record that goes gets; one that belongs to no organisation goes to the
  /// first.
  func number(of entry: UInt16) -> UInt16 { numbers[entry] ?? first }
}

private enum Numbers {
  /// A number that is not taken: one past the highest, else the lowest free one.
  static func next(after taken: [UInt16]) -> UInt16? {
    guard let highest = taken.max() else { return 1 }
    if highest < .max { return highest + 1 }
    let taken = Set(taken)
    return (1...UInt16.max).first { !taken.contains($0) }
  }
}

extension RegisterError {
  static let tooMuchToJoin = RegisterError.conflictState(
    Text(
      en: "Together the records have too many phones, e-mail or postal addresses. Remove some first.",
      fi: "Tietueissa on yhteensä liian monta puhelinta, sähköpostia tai postiosoitetta. Poista niitä ensin.",
      sv: "Posterna har tillsammans för många telefoner, e-post- eller postadresser. Ta bort några först."))
}
