import Custody
import Logging
import Model
import Postgres
import Synchronization

/// Finds persons and organisations by what somebody types: an index in this server's memory, kept current with the
/// database and with other servers. It gives ids only.
public final class Directory: Sendable {
  private struct State: ~Copyable {
    var index = DirectoryIndex()
    var keys = PersonKeys()
    var organisationKeys: [OrganisationID: String] = [:]
    /// Changes that were taken in, of those that a refresh may read again.
    var seen: Set<Int64> = []
    var xmin = TransactionID(0)
    /// The newest revision taken in of each person since the last refresh: two commits may arrive here out of order.
    var revs: [PersonID: Int32] = [:]
  }

  /// The revision of somebody who is gone; ids are never used again.
  private static let gone = Int32.max
  /// Persons that a refresh reads at a time.
  private static let refreshPersons = 5000
  /// Persons or organisations that are read at a time where the index is built.
  private static let builtAtOnce = 4000

  private let state = Mutex(State())
  private let refreshing = Mutex(false)

  /// An empty directory.
  public init() {}

  // MARK: Questions

  /// Persons that match a text in fields that the permit grants, best first.
  ///
  /// - Parameter visible: Whether a candidate may be known of, and whether as one's own customer.
  func persons(
    _ text: String, organisation: OrganisationID?, limit: Int,
    granting: @Sendable (DirectoryCandidate) -> SearchFields
  ) -> [PersonID] {
    state.withLock { state in
      state.index.search(text, in: .all, limit: limit, within: organisation, granting: granting).compactMap {
        if case .person(let id) = $0.id { id } else { nil }
      }
    }
  }

  /// Persons whose own name, e-mail address or phone matches a text, best first, whatever their marks: for questions to
  /// the access log, which name them by their ids alone.
  func everybody(_ text: String, limit: Int) -> [PersonID] {
    persons(text, organisation: nil, limit: limit) { $0.id.isOrganisation ? [] : [.name, .email, .phone] }
  }

  /// Organisations that match a text, best first.
  func organisations(_ text: String, limit: Int) -> [OrganisationID] {
    state.withLock { state in
      state.index.search(text, in: .all, limit: limit) { $0.id.isOrganisation }.compactMap {
        if case .organisation(let id) = $0.id { id } else { nil }
      }
    }
  }

  /// Who in the register rows of a file may be, each by any of its keys.
  func owners(of rows: [[String]]) -> [[PersonID]] {
    state.withLock { state in rows.map { keys in keys.compactMap { state.keys.owner(of: $0) } } }
  }

  /// Organisations that an import knows by one of some keys.
  func organisations(keys: Set<String>) -> [OrganisationID] {
    state.withLock { state in state.organisationKeys.filter { keys.contains($0.value) }.map(\.key) }
  }

  // MARK: Keeping current

  /// Takes in what this server just committed, before the command's final line.
  func apply(_ records: [DirectoryRecord], organisations: [Organisation] = [], announced: [Int64]) {
    guard !records.isEmpty || !organisations.isEmpty else { return }
    state.withLock { state in
      for organisation in organisations { Self.take(organisation, &state) }
      for record in records { Self.take(record, &state) }
      state.seen.formUnion(announced)
    }
  }

  /// Builds the index from the database; an entry in the log goes before.
  func build(store: Store, custody: Custody) async throws {
    let xmin = try await store.snapshotXmin()
    let count = try await store.personCount()
    let receipt = try await custody.directoryReceipt(verb: "directory.build", rows: count)
    var builder = DirectoryIndex.Builder(expecting: count)
    var keys = PersonKeys()
    keys.reserve(count)
    var organisationKeys: [OrganisationID: String] = [:]
    var afterOrganisation: OrganisationID?
    while true {
      let page = try await store.organisations(after: afterOrganisation, limit: Self.builtAtOnce)
      for organisation in page {
        organisationKeys[organisation.id] = organisation.matchKey
        builder.add(Self.entry(organisation))
      }
      guard let last = page.last else { break }
      afterOrganisation = last.id
    }
    let known = organisationKeys
    var page = try await store.directoryPage(after: nil, limit: Self.builtAtOnce)
    var opened: [OpenedPerson] = []
    while !page.isEmpty || !opened.isEmpty {
      let after = page.last?.header.id
      // The next ones are fetched, these opened and those before entered at the same time.
      async let next = after == nil ? [] : store.directoryPage(after: after, limit: Self.builtAtOnce)
      let opening = custody.vault.directoryRecords(page, receipt) { record in
        OpenedPerson(
          id: record.header.id, keys: PersonKeys.keys(of: record) { known[$0] }, entry: Self.entry(record))
      }
      for person in opened {
        keys.set(person.id, person.keys)
        builder.add(person.entry)
      }
      opened = await opening.value
      page = try await next
    }
    let index = builder.finish()
    replace(index, keys, organisationKeys, xmin)
  }

  /// A person as they are entered.
  private struct OpenedPerson: Sendable {
    let id: PersonID
    /// What they are known by in an import.
    let keys: [String]
    let entry: DirectoryEntry
  }

  private func replace(
    _ index: consuming DirectoryIndex, _ keys: PersonKeys, _ organisationKeys: [OrganisationID: String],
    _ xmin: TransactionID
  ) {
    var shelf: DirectoryIndex? = consume index
    state.withLock { state in
      if let index = shelf.take() { state.index = index }
      state.keys = keys
      state.organisationKeys = organisationKeys
      state.seen = []
      state.xmin = xmin
    }
  }

  /// Takes in what other servers committed since the last time.
  ///
  /// - Parameter waits: Whether to wait for a refresh that is under way and then do another.
  func refresh(store: Store, custody: Custody, waits: Bool = false) async throws {
    while refreshing.withLock({ busy in
      defer { busy = true }
      return busy
    }) {
      guard waits else { return }
      try await Task.sleep(for: .milliseconds(5))
    }
    defer { refreshing.withLock { $0 = false } }
    let (since, seen) = state.withLock { ($0.xmin, $0.seen) }
    let changes = try await store.directoryChanges(since: since)
    let fresh = changes.rows.filter { !seen.contains($0.id) }
    let persons = Set(fresh.filter { $0.kind == .person }.map { PersonID(high: $0.subject.high, low: $0.subject.low) })
    let organisations = Set(
      fresh.filter { $0.kind == .organisation }.map { OrganisationID(high: $0.subject.high, low: $0.subject.low) })
    if !organisations.isEmpty {
      let found = try await store.organisations(Array(organisations))
      state.withLock { state in
        for id in organisations.subtracting(found.map(\.id)) { state.index.remove(.organisation(id)) }
        for organisation in found { Self.take(organisation, &state) }
      }
    }
    if !persons.isEmpty {
      let receipt = try await custody.directoryReceipt(verb: "directory.refresh", rows: persons.count)
      let ids = Array(persons)
      for start in stride(from: 0, to: ids.count, by: Self.refreshPersons) {
        let part = Array(ids[start..<min(start + Self.refreshPersons, ids.count)])
        let found = try await store.persons(part, [CategorySet(.identity), CategorySet(.contact)]).persons
        let records = found.compactMap { try? custody.vault.directoryRecord($0, receipt) }
        state.withLock { state in
          for id in Set(part).subtracting(records.map(\.header.id)) {
            state.index.remove(.person(id))
            state.keys.remove(id)
          }
          // Whose row is not there any more is gone for good; who cannot be opened may come back.
          for id in Set(part).subtracting(found.map(\.header.id)) { state.revs[id] = Self.gone }
          for record in records { Self.take(record, &state) }
        }
      }
    }
    let ids = Set(changes.rows.map(\.id))
    state.withLock { state in
      state.xmin = changes.xmin
      // What was announced meanwhile stays; what is older than the bound will not be read again.
      state.seen = ids.union(state.seen.subtracting(seen))
      state.revs = state.revs.filter { $0.value == Self.gone }
    }
  }

  /// Forgets a person at once and for good, before an erasure or a merge is done: what was read of them before, and is
  /// taken in late, does not bring them back.
  func forget(_ person: PersonID) {
    state.withLock { state in
      state.index.remove(.person(person))
      state.keys.remove(person)
      state.revs[person] = Self.gone
    }
  }

  /// Gives persons another manager, without opening anything of them.
  ///
  /// - Parameter announced: The numbers of their announcements, which a refresh need not read again.
  func reassign(_ persons: [(id: PersonID, rev: Int32)], to manager: UserID, announced: [Int64]) {
    state.withLock { state in
      for person in persons where person.rev >= state.revs[person.id] ?? 0 {
        state.revs[person.id] = person.rev
        state.index.reassign(.person(person.id), to: manager)
      }
      state.seen.formUnion(announced)
    }
  }

  // MARK: Entries

  private static func take(_ record: DirectoryRecord, _ state: inout State) {
    guard record.header.rev >= state.revs[record.header.id] ?? 0 else { return }
    state.revs[record.header.id] = record.header.rev
    let organisationKeys = state.organisationKeys
    state.keys.set(record.header.id, PersonKeys.keys(of: record) { organisationKeys[$0] })
    state.index.insert(entry(record))
  }

  private static func take(_ organisation: Organisation, _ state: inout State) {
    state.organisationKeys[organisation.id] = organisation.matchKey
    state.index.insert(entry(organisation))
  }

  private static func entry(_ organisation: Organisation) -> DirectoryEntry {
    .organisation(
      organisation.id, names: [organisation.name], emails: [organisation.email].filter { !$0.isEmpty },
      phones: [organisation.phone].filter { !$0.isEmpty }, status: organisation.status, manager: organisation.manager)
  }

  private static func entry(_ record: DirectoryRecord) -> DirectoryEntry {
    .person(
      record.header.id, record.header.kind, names: record.names, emails: record.emails, phones: record.phones,
      organisations: record.organisations, status: record.header.status, manager: record.header.manager,
      marks: record.header.marks)
  }
}
