import Dispatch
import Model
import Postgres
import Sealing
import Synchronization

/// What a look at every key found.
public struct KeyCheck: Sendable {
  /// Keys that unwrap, in every mirror.
  public var live: Int64
  /// Tombstones, in every mirror.
  public var destroyed: Int64
  /// Places never written.
  public var empty: Int64
  /// Keys that do not unwrap for whom they belong to.
  public var damaged: Int64
  /// Places that are not alike in all mirrors.
  public var disagreeing: Int64
  /// Keys that no row of the database names: left by a write that did not commit, or by one still under way.
  public var unowned: Int64
  /// The first thousand places that are damaged or disagree.
  public var faulty: [Int64]

  /// What a look at every key found.
  public init(
    live: Int64, destroyed: Int64, empty: Int64, damaged: Int64, disagreeing: Int64, unowned: Int64, faulty: [Int64]
  ) {
    self.live = live
    self.destroyed = destroyed
    self.empty = empty
    self.damaged = damaged
    self.disagreeing = disagreeing
    self.unowned = unowned
    self.faulty = faulty
  }
}

extension Custody {
  /// Reads every key in every mirror and has each unwrap for the person and category that the database names.
  ///
  /// Runs away from the cooperative threads; owners come from the database a range of slots at a time.
  public func verifyKeys(progress: @escaping @Sendable (Int64, Int64) -> Void) async throws -> KeyCheck {
    let (keys, owners) = (keys, SlotOwners(pool: pool))
    let isCancelled = Mutex(false)
    return try await withTaskCancellationHandler {
      try await Blocking.run {
        let report = try keys.verify(
          owners: { range in
            if isCancelled.withLock({ $0 }) { throw CancellationError() }
            return try owners.wait(range)
          }, progress: progress)
        return KeyCheck(
          live: report.live, destroyed: report.destroyed, empty: report.empty, damaged: report.damaged,
          disagreeing: report.disagreeing, unowned: report.unowned, faulty: report.faulty)
      }
    } onCancel: {
      isCancelled.withLock { $0 = true }
    }
  }

  /// How many slots the key store has and what was repaired in it since the start; for `server.health`.
  public func keyStoreState() throws -> (slots: Int64, repaired: Int, failed: Int, conflicting: Int) {
    let repairs = keys.repairs
    return (try keys.endSlot, repairs.repairedSlots, repairs.failedSlots, repairs.conflictingSlots)
  }
}

/// The persons and categories that the database has for a range of slots, for a thread that may block.
struct SlotOwners: Sendable {
  let pool: Pool

  /// Waits for the database; never to be called on a cooperative thread.
  func wait(_ range: Range<Int64>) throws -> [SlotOwner] {
    let result = ResultBox()
    let isDone = DispatchSemaphore(value: 0)
    Task {
      do {
        let owners = try await owners(range)
        result.put(.success(owners))
      } catch {
        result.put(.failure(error))
      }
      isDone.signal()
    }
    isDone.wait()
    return try result.taken()
  }

  /// Those whose row is there, and those of replaced values whose key waits for its end.
  private func owners(_ range: Range<Int64>) async throws -> [SlotOwner] {
    try await pool.query(
      """
      SELECT slot, person, category FROM person_part WHERE slot >= \(range.lowerBound) AND slot < \(range.upperBound)
      UNION ALL
      SELECT slot, person, category FROM key_fate
      WHERE slot >= \(range.lowerBound) AND slot < \(range.upperBound) AND state < 3
      UNION ALL
      SELECT slot, id, \(RecordSeal.category) FROM approval
      WHERE slot >= \(range.lowerBound) AND slot < \(range.upperBound)
      UNION ALL
      SELECT slot, id, \(RecordSeal.category) FROM break_glass
      WHERE slot >= \(range.lowerBound) AND slot < \(range.upperBound)
      UNION ALL
      SELECT slot, note_id, \(RecordSeal.category) FROM anomaly_disposition
      WHERE slot >= \(range.lowerBound) AND slot < \(range.upperBound)
      """, deadline: Tick.now().adding(milliseconds: Limits.commandMilliseconds)
    ).compactMap { row in
      guard let category = Category(rawValue: UInt8(clamping: try row.int16(2))) else { return nil }
      return SlotOwner(slot: try row.int64(0), person: try row.id(1), category: category)
    }
  }

  private final class ResultBox: Sendable {
    private let value = Mutex<Result<[SlotOwner], any Error>?>(nil)

    func put(_ result: Result<[SlotOwner], any Error>) { value.withLock { $0 = result } }

    func taken() throws -> [SlotOwner] {
      guard let result = value.withLock({ $0 }) else { return [] }
      return try result.get()
    }
  }
}
