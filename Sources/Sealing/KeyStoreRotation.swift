import Crypto
import Synchronization

/// How far a rotation came.
public struct RotationReport: Equatable, Sendable {
  /// Keys that were wrapped under the new master key in this run.
  public var rewrapped: Int64 = 0
  /// Slots still under the old master key whose person the caller does not know, the first thousand: orphans of aborted
  /// transactions, to be destroyed, or of transactions still running.
  public var unowned: [Int64] = []
  /// Slots that do not unwrap for their person in any mirror, the first thousand.
  public var damaged: [Int64] = []
  /// Whether the store is under the new master key alone. Only then may the old one be overwritten.
  public var isFinished = false
}

extension KeyStore {
  /// Accepts the next master key for reading, so that this server understands what another one's rotation writes; it goes
  /// over to it by itself when that rotation finishes. Every server of a shared store needs this before `rotate`.
  public func accept(next: MasterKey) throws {
    try masters.withLock { masters in
      guard next.generation > masters.current.generation, next.generationBits != masters.current.generationBits else {
        throw KeyStoreError.generationNotNewer
      }
      masters.other = next
    }
  }

  /// Wraps every key anew under another master key, each slot under its lock: what is destroyed meanwhile stays destroyed.
  ///
  /// A slot does not say whose it is, and its key unwraps for nobody else: `owners` is asked for the persons and categories
  /// of ranges of slots, as the database has them. Killed at any point it is resumed by opening the store with both master keys and
  /// calling it again. It finishes, and the header says so, only when no slot is left under the old key: neither unowned
  /// ones, to be destroyed first, nor damaged ones unless `leavingDamaged`.
  ///
  /// - `progress`: slots done, slots in all.
  public func rotate(
    to next: MasterKey, leavingDamaged: Bool = false,
    owners: (Range<Int64>) throws -> [SlotOwner],
    progress: (Int64, Int64) -> Void = { _, _ in }
  ) throws -> RotationReport {
    try requireWritable()
    guard try beginRotation(to: next) else { return RotationReport(isFinished: true) }
    var report = RotationReport()
    // Other servers may still write under the old key: the last pass finds what came behind the one before.
    for _ in 0..<16 {
      report.unowned = []
      report.damaged = []
      try rewrapAll(next, &report, owners, progress)
      try sync()
      guard report.unowned.isEmpty, report.damaged.isEmpty || leavingDamaged else { return report }
      if try finishRotation(to: next, leaving: Set(report.damaged)) {
        report.isFinished = true
        return report
      }
    }
    return report
  }

  /// Makes the next master key the one that wraps; false where the store is under it alone already.
  func beginRotation(to next: MasterKey) throws -> Bool {
    guard let header = StoreHeader(unauthenticated: try mirrors[0].read(0)) else {
      throw KeyStoreError.notAKeyStore(path: mirrors[0].path)
    }
    return try masters.withLock { masters in
      if masters.current.generation == next.generation {
        guard masters.current.symmetric == next.symmetric else { throw KeyStoreError.wrongMasterKey }
        return masters.other != nil || header.generation != next.generation
      }
      guard next.generation > masters.current.generation, next.generationBits != masters.current.generationBits else {
        throw KeyStoreError.generationNotNewer
      }
      masters = Masters(current: next, other: masters.current)
      return true
    }
  }

  /// One pass over all slots that are under the old master key in any mirror.
  private func rewrapAll(
    _ next: MasterKey, _ report: inout RotationReport, _ owners: (Range<Int64>) throws -> [SlotOwner],
    _ progress: (Int64, Int64) -> Void
  ) throws {
    let end = try endSlot
    for slot in try staleSlots(1..<Self.firstPersonSlot, next) {
      let bindings = ServiceKey.numbers(in: slot).map { SlotBinding(store, serviceSlot: slot, number: $0) }
      try rewrap(slot, next, bindings, &report)
    }
    var start = Self.firstPersonSlot
    while start < end {
      let range = start..<min(end, start + Int64(Self.runSlots))
      let stale = try staleSlots(range, next)
      if !stale.isEmpty {
        let known = Dictionary(try owners(range).map { ($0.slot, $0) }, uniquingKeysWith: { first, _ in first })
        for slot in stale {
          if let owner = known[slot] {
            let binding = SlotBinding(store, slot: slot, person: owner.person, category: owner.category)
            try rewrap(slot, next, [binding], &report)
          } else if report.unowned.count < 1000 {
            report.unowned.append(slot)
          }
        }
      }
      start = range.upperBound
      progress(start, end)
    }
  }

  /// Slots that hold a key under another master key than the next one, or garbage, in any mirror.
  private func staleSlots(_ range: Range<Int64>, _ next: MasterKey) throws(KeyFault) -> [Int64] {
    var stale = Set<Int64>()
    for mirror in mirrors {
      for (offset, slot) in try mirror.readRun(range).enumerated() {
        switch slot.claim {
        case .wrapped(next.generationBits), .empty: continue
        case .tombstone where slot.isTombstone(of: range.lowerBound + Int64(offset), under: tombstoneKey): continue
        case .wrapped, .tombstone, .garbage: stale.insert(range.lowerBound + Int64(offset))
        }
      }
    }
    return stale.sorted()
  }

  private func rewrap(
    _ slot: Int64, _ next: MasterKey, _ bindings: [SlotBinding], _ report: inout RotationReport
  ) throws {
    do throws(KeyFault) {
      try withLock(slot..<slot + 1) { () throws(KeyFault) in
        let found = try settle(slot, bindings)
        guard let image = try? Slot(wrapping: found.key, under: next, for: bindings[found.binding]) else {
          throw .damaged
        }
        try writeAll(image, at: slot)
      }
      report.rewrapped += 1
    } catch {
      switch error {
      case .destroyed, .absent: break
      case .damaged: if report.damaged.count < 1000 { report.damaged.append(slot) }
      case .io: throw error
      }
    }
  }

  /// With every slot locked: writes the header of the new generation if nothing is left under the old one.
  private func finishRotation(to next: MasterKey, leaving damaged: Set<Int64>) throws -> Bool {
    let isDone = try withLock(0..<Self.slotLimit) { () throws(KeyFault) -> Bool in
      let end = try endSlot
      var start: Int64 = 1
      while start < end {
        let range = start..<min(end, start + Int64(Self.chunkSlots))
        guard try staleSlots(range, next).allSatisfy(damaged.contains) else { return false }
        start = range.upperBound
      }
      // What was wrapped anew must not be behind the header on any medium.
      try sync()
      try writeAll(StoreHeader(generation: next.generation, store: store).encoded(under: next), at: 0)
      try sync()
      return true
    }
    if isDone { masters.withLock { $0 = Masters(current: next, other: nil) } }
    return isDone
  }
}
