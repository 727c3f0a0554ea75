import Model

/// The search index of the directory: persons and organisations by pieces of their names, addresses and phones.
///
/// It gives ids only, and rests in memory only. `search` reads without changing anything, so any number of readers may
/// share it; `insert` and `remove` need it alone: keep it under a reader-writer lock. It is noncopyable, so that no
/// forgotten copy outlives an erasure, and what is removed is overwritten.
struct DirectoryIndex: ~Copyable, Sendable {
  var records: RecordTable
  var names: WordTable
  var locals: WordTable
  var domains: WordTable
  var phones: WordTable
  /// The persons of an organisation, by its record.
  var members: [Int: [UInt32]] = [:]
  /// How many persons are entered.
  private(set) var personCount = 0
  /// How many organisations are entered.
  private(set) var organisationCount = 0

  /// An empty index.
  init() { self.init(expecting: 0, isLoading: false) }

  fileprivate init(expecting count: Int, isLoading: Bool) {
    records = RecordTable(expecting: count)
    names = WordTable(.names, expecting: min(count, 100_000), isLoading: isLoading)
    locals = WordTable(.addresses, expecting: count, isLoading: isLoading)
    domains = WordTable(.addresses, expecting: min(count, 10_000), isLoading: isLoading)
    phones = WordTable(.phones, expecting: count, isLoading: isLoading)
  }

  /// How many persons and organisations are entered.
  var count: Int { personCount + organisationCount }

  /// Whether somebody is entered.
  func contains(_ id: DirectoryID) -> Bool { records.find(id).map { records.isPresent($0) } ?? false }

  /// Enters a person or organisation, in place of what was known of it.
  mutating func insert(_ entry: DirectoryEntry) {
    let record = records.findOrMake(entry.id)
    if records.isPresent(record) { clear(record) }
    var references: [UInt32] = []
    references.reserveCapacity(8)
    let key = addNames(entry.names, record, &references)
    for email in entry.emails { addEmail(email, record, &references) }
    for phone in entry.phones {
      let digits = DirectoryText.phone(phone).whole
      if digits.count >= 3 { add(.phone, digits[...], record, &references) }
    }
    if !entry.id.isOrganisation {
      for organisation in entry.organisations { addOrganisation(organisation, record, &references) }
    }
    records.setReferences(references, of: record)
    records.describe(record, entry, key: key)
    if entry.id.isOrganisation { organisationCount += 1 } else { personCount += 1 }
  }

  /// Removes a person or organisation and overwrites all that was known of it; false where there is none.
  @discardableResult
  mutating func remove(_ id: DirectoryID) -> Bool {
    guard let record = records.find(id), records.isPresent(record) else { return false }
    clear(record)
    if members[record] == nil { records.free(record) }
    return true
  }

  /// Gives somebody who is entered another manager.
  mutating func reassign(_ id: DirectoryID, to manager: UserID?) {
    guard let record = records.find(id), records.isPresent(record) else { return }
    records.setManager(manager, of: record)
  }

  private mutating func addNames(_ texts: [String], _ record: Int, _ references: inout [UInt32]) -> UInt64 {
    var key: UInt64 = 0
    var length = 0
    func extend(_ byte: UInt8) {
      if length < 8 { key |= UInt64(byte) << UInt64(56 - 8 * length) }
      length += 1
    }
    for text in texts {
      for word in DirectoryText.words(text) {
        if length > 0 { extend(0x20) }
        for byte in word.prefix(8) { extend(byte) }
        add(.name, word, record, &references)
      }
      for word in DirectoryText.joinedWords(text) { add(.name, word, record, &references) }
    }
    return key
  }

  private mutating func addEmail(_ text: String, _ record: Int, _ references: inout [UInt32]) {
    let address = DirectoryText.address(text)
    guard let (local, domain) = DirectoryText.sides(ofAddress: address), !local.isEmpty, !domain.isEmpty,
      references.count + 2 <= RecordTable.referencesMax
    else { return }
    add(.local, local, record, &references)
    add(.domain, domain, record, &references)
  }

  private mutating func addOrganisation(_ id: OrganisationID, _ record: Int, _ references: inout [UInt32]) {
    guard references.count < RecordTable.referencesMax else { return }
    let organisation = records.findOrMake(.organisation(id))
    let reference = Reference(.organisation, organisation).bits
    guard !references.contains(reference) else { return }
    references.append(reference)
    members[organisation, default: []].append(UInt32(record))
  }

  /// Adds a word to a record's references, and the record to the word's unless it has the word already.
  private mutating func add(
    _ kind: Reference.Kind, _ word: ArraySlice<UInt8>, _ record: Int, _ references: inout [UInt32]
  ) {
    guard references.count < RecordTable.referencesMax else { return }
    let ordinal = word.withUnsafeBufferPointer { text in
      switch kind {
      case .local: locals.add(text, record: UInt32(record), unlessIn: references, kind)
      case .domain: domains.add(text, record: UInt32(record), unlessIn: references, kind)
      case .phone: phones.add(text, record: UInt32(record), unlessIn: references, kind)
      case .name, .organisation: names.add(text, record: UInt32(record), unlessIn: references, kind)
      }
    }
    references.append(Reference(kind, ordinal).bits)
  }

  private mutating func clear(_ record: Int) {
    let references = Array(records.references(of: record))
    for (index, bits) in references.enumerated() where !references[..<index].contains(bits) {
      let reference = Reference(bits: bits)
      switch reference.kind {
      case .name: names.release(reference.ordinal, record: UInt32(record))
      case .local: locals.release(reference.ordinal, record: UInt32(record))
      case .domain: domains.release(reference.ordinal, record: UInt32(record))
      case .phone: phones.release(reference.ordinal, record: UInt32(record))
      case .organisation: leave(reference.ordinal, record)
      }
    }
    if records.isOrganisation(record) { organisationCount -= 1 } else { personCount -= 1 }
    records.clear(record)
  }

  private mutating func leave(_ organisation: Int, _ person: Int) {
    swapRemove(UInt32(person), from: &members[organisation, default: []])
    guard members[organisation]?.isEmpty ?? true else { return }
    members[organisation] = nil
    if !records.isPresent(organisation) { records.free(organisation) }
  }

  /// Fills a new index with many entries at once: prefixes and substrings are listed at the end, in one go.
  struct Builder: ~Copyable, Sendable {
    private var index: DirectoryIndex

    /// A builder for about so many entries.
    init(expecting count: Int) { index = DirectoryIndex(expecting: max(0, count), isLoading: true) }

    /// Adds an entry; a later one of the same id takes its place.
    mutating func add(_ entry: DirectoryEntry) { index.insert(entry) }

    /// The index of everything added.
    consuming func finish() -> DirectoryIndex {
      index.names.finishLoading()
      index.locals.finishLoading()
      index.domains.finishLoading()
      index.phones.finishLoading()
      return index
    }
  }
}

extension WordTable {
  fileprivate mutating func add(
    _ text: UnsafeBufferPointer<UInt8>, record: UInt32, unlessIn references: [UInt32], _ kind: Reference.Kind
  ) -> Int {
    if let known = find(text), references.contains(Reference(kind, known).bits) { return known }
    return add(text, record: record)
  }
}
