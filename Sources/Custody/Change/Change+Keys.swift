import Model
import Postgres
import Sealing

extension Change {
  /// Takes numbers for new keys.
  func reserve(_ count: Int) async throws -> [Int64] {
    // The transaction has its id before its numbers, so that a sweep for orphans sees it running.
    let rows = try await transaction.query(
      """
      WITH own AS MATERIALIZED (SELECT pg_current_xact_id() AS id)
      SELECT nextval('key_slot'), own.id FROM own CROSS JOIN generate_series(1, \(Int64(count)))
      """)
    return try rows.map { try $0.int64(0) }
  }

  /// Writes new keys into the key store, synced, before the transaction that needs them can commit.
  ///
  /// - Parameter reserved: Numbers that were taken for them before.
  func allocate(_ owners: [(person: PersonID, category: Category)], reserved: [Int64]? = nil) async throws -> [(
    slot: Int64, key: SubjectKey
  )] {
    var result: [(slot: Int64, key: SubjectKey)?] = Array(repeating: nil, count: owners.count)
    var open = Array(owners.indices)
    var reserved = reserved
    var attempts = 0
    while !open.isEmpty {
      attempts += 1
      guard attempts < 100 else { throw RegisterError.unavailableKeys }
      let numbers: [Int64]
      if let taken = reserved.take() { numbers = taken } else { numbers = try await reserve(open.count) }
      let keys = try vault.allocate(open.enumerated().map { (numbers[$0.offset], owners[$0.element]) })
      // Only what is this command's own: a number that was taken is another's key, and must outlive our failure.
      slots += zip(numbers, keys).compactMap { number, key in key == nil ? nil : number }
      for (offset, index) in open.enumerated() { result[index] = keys[offset].map { (numbers[offset], $0) } }
      open = open.filter { result[$0] == nil }
      // Numbers that are taken: the database was restored and its sequence is older than the key store.
      if !open.isEmpty { _ = try await transaction.query("SELECT key_slot_advance(\(vault.keys.endSlot))") }
    }
    try await vault.sync()
    return result.compactMap { $0 }
  }
}

extension Vault {
  func allocate(_ wanted: [(slot: Int64, owner: (person: PersonID, category: Category))]) throws -> [SubjectKey?] {
    do {
      return try keys.allocateMany(
        wanted.map { SlotOwner(slot: $0.slot, person: $0.owner.person, category: $0.owner.category) })
    } catch {
      throw RegisterError.unavailableKeys
    }
  }

  func sync() async throws {
    let keys = keys
    do { try await Blocking.run { try keys.sync() } } catch { throw RegisterError.unavailableKeys }
  }
}
