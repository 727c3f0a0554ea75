import AccessLog
public import Model
public import Postgres
import Sealing

/// A writing command under way: its transaction, what it seals, and the entries that go into the log with it.
///
/// Owned by the one task that runs the command; ends with `Custody.commit`.
public final class Change {
  /// The command.
  public let context: CommandContext
  /// The job role acted in.
  public let role: JobRole
  /// The transaction; its statements are the domain's.
  public let transaction: Transaction
  let permit: Permit
  let vault: Vault
  private(set) var entries: [Entry] = []
  var directory: [DirectoryRecord] = []
  /// Whose rows go with this change.
  var removed: [PersonID] = []
  /// The keys that it made, to be overwritten if it does not commit.
  var slots: [Int64] = []

  init(_ permit: consuming Permit, transaction: Transaction, vault: Vault) {
    context = permit.context
    role = permit.role
    self.permit = permit
    self.transaction = transaction
    self.vault = vault
  }

  /// The fields of a person that the command may change.
  public func writable(_ person: PersonHeader) -> FieldSet { permit.fields(of: person, .write) }

  /// The fields of a person that the command may show.
  public func readable(_ person: PersonHeader) -> FieldSet { permit.fields(of: person, .read) }

  /// Whether the command may do something that is no field to this person.
  public func reaches(_ object: PolicyObject, of person: PersonHeader) -> Bool {
    permit.reaches(object, .write, of: person)
  }

  /// Whether the employee reaches only their own customers when writing names.
  public var writesOnlyOwn: Bool {
    let stranger = PersonHeader(id: PersonID(high: 0, low: 0), kind: .private, status: .prospect)
    return permit.fields(of: stranger, .write).isEmpty
  }

  // MARK: Entries

  /// Puts an entry for a person into the log with this change.
  ///
  /// - Parameter subject: What it is about besides the person, such as an employee.
  public func note(_ person: PersonID, fields: FieldSet = [], subject: ID<Named.Request>? = nil) {
    var entry = permit.entry(.ok)
    entry.person = person
    entry.subject = subject
    entry.fields = fields
    entry.categories = fields.categories
    entry.rows = 1
    entries.append(entry)
  }

  /// Puts an entry that is about no person into the log with this change.
  ///
  /// - Parameter textHash: The salted hash of a text that is sealed elsewhere, or empty.
  public func note(rows: Int, subject: ID<Named.Request>? = nil, code: String = "", textHash: [UInt8] = []) {
    var entry = permit.entry(.ok)
    entry.rows = UInt32(clamping: rows)
    entry.subject = subject
    entry.code = code
    entry.textHash = textHash
    entries.append(entry)
  }

  func note(_ made: [Entry]) { entries += made }

  func noteIfNone() { if entries.isEmpty { note(rows: 0) } }

  /// The persons whom the directory must take in anew, or forget.
  public var changedPersons: [PersonID] { directory.map(\.header.id) + removed }

  // MARK: Persons

  /// Carries out edits on a person whose row this transaction has locked, and seals each touched category under a new
  /// key; the replaced keys go to their end. The clear columns are the caller's to write.
  ///
  /// - Parameters:
  ///   - person: As fetched, with the categories that are touched, and identity and contact for the directory.
  ///   - header: The clear columns as they will be.
  /// - Returns: The fields that changed, and the numbers of what was added.
  @discardableResult
  public func edit(_ person: SealedPerson, _ edits: [DatumEdit], header: PersonHeader) async throws -> (
    changed: FieldSet, added: [UInt16]
  ) {
    let writable = writable(person.header)
    var changed: FieldSet = []
    var added: [UInt16] = []
    var shown: [Datum] = []
    var replaced: [(part: SealedPart?, category: Category, data: [Datum])] = []
    let touched = CategorySet(edits.compactMap(\.category))
    for category in Category.allCases where touched.contains(category) || category == .identity || category == .contact
    {
      let part = person.parts.first { $0.category == category }
      let old = try part.map { try vault.open($0, of: person.header.id) } ?? []
      var edited = EditedCategory(old)
      for edit in edits where edit.category == category { try edited.apply(edit) }
      guard writable.isSuperset(of: edited.changed) else { throw RegisterError.deniedRole }
      if category == .identity { try ensureNamed(edited) }
      shown += edited.data
      added += edited.added
      guard edited.data != old else { continue }
      changed.formUnion(edited.changed)
      replaced.append((part, category, edited.data))
    }
    try await replace(replaced, of: person.header.id)
    directory.append(
      DirectoryRecord(header: header, organisations: person.affiliations.map(\.organisation), data: shown))
    return (changed, added)
  }

  /// A person keeps a name: nobody finds one without.
  private func ensureNamed(_ edited: EditedCategory) throws(RegisterError) {
    let names = FieldSet([.firstName, .lastName])
    guard !edited.changed.isDisjoint(with: names) else { return }
    guard edited.data.contains(where: { names.contains($0.field) }) else {
      throw .invalid(
        "last-name",
        Text(
          en: "A person needs a first or a last name.", fi: "Henkilöllä on oltava etu- tai sukunimi.",
          sv: "En person måste ha ett för- eller efternamn."))
    }
  }

  /// Seals categories under new keys, or removes them where nothing is left; the replaced keys go to their end.
  func replace(_ parts: [(part: SealedPart?, category: Category, data: [Datum])], of person: PersonID)
    async throws
  {
    guard !parts.isEmpty else { return }
    let kept = parts.filter { !$0.data.isEmpty }
    let keys = try await allocate(kept.map { (person, $0.category) })
    var rows = PartRows()
    for (index, part) in kept.enumerated() {
      rows.append(
        person, try vault.seal(part.data, of: person, part.category, slot: keys[index].slot, under: keys[index].key))
    }
    var statements: [SQL] = [
      KeyFate.replaced(parts.compactMap { part in part.part.map { (person, part.category, $0.slot) } })
    ]
    let emptied = parts.filter { $0.data.isEmpty }.map { Int16($0.category.rawValue) }
    if !emptied.isEmpty {
      statements.append("DELETE FROM person_part WHERE person = \(person) AND category = ANY (\(emptied))")
    }
    if !kept.isEmpty { statements.append(rows.upsert) }
    _ = try await transaction.run(statements)
  }

  /// Seals a text of the register's own under a new key of its own.
  public func seal(_ text: [UInt8], _ seal: RecordSeal) async throws -> SealedRecord {
    let keys = try await allocate([(seal.owner, .other)])
    guard let (slot, key) = keys.first else { throw RegisterError.unavailableKeys }
    return SealedRecord(slot: slot, bytes: try FieldSeal.seal(text, under: key, context: seal.context))
  }

  /// Gives a sealed text's key up; it is overwritten after the commit.
  public func end(_ record: SealedRecord, _ seal: RecordSeal) async throws {
    guard !record.isGone else { return }
    _ = try await transaction.run([KeyFate.end(record, of: seal.owner)])
  }
}
