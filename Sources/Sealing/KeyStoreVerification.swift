import Synchronization

/// What a look at every slot of every mirror found.
public struct KeyStoreReport: Equatable, Sendable {
  /// Slots with a key; with owners given, one that unwraps in every mirror.
  public var live: Int64 = 0
  /// Slots with a tombstone in every mirror.
  public var destroyed: Int64 = 0
  /// Person slots never written.
  public var empty: Int64 = 0
  /// Slots with something else in every mirror.
  public var damaged: Int64 = 0
  /// Slots that are not alike in all mirrors.
  public var disagreeing: Int64 = 0
  /// Live slots for which no owner was given.
  public var unowned: Int64 = 0
  /// The first thousand slots that are damaged or disagree.
  public var faulty: [Int64] = []
}

extension KeyStore {
  /// Reads every slot of every mirror and changes nothing.
  ///
  /// Without `owners` it checks structure and agreement of the mirrors, and service keys; with it, as for `rotate`, that each person's
  /// key unwraps too. Throws `KeyFault.io` where a mirror cannot be read.
  public func verify(
    owners: ((Range<Int64>) throws -> [SlotOwner])? = nil, progress: (Int64, Int64) -> Void = { _, _ in }
  ) throws -> KeyStoreReport {
    var report = KeyStoreReport()
    let end = try endSlot
    var start: Int64 = 1
    while start < end {
      let range = start..<min(end, start < Self.firstPersonSlot ? Self.firstPersonSlot : start + Int64(Self.runSlots))
      let runs = try mirrors.map { try $0.readRun(range) }
      var known: [Int64: SlotOwner]?
      if let owners, start >= Self.firstPersonSlot {
        known = Dictionary(try owners(range).map { ($0.slot, $0) }, uniquingKeysWith: { first, _ in first })
      }
      for slot in range {
        let offset = Int(slot - start)
        let alike = runs.dropFirst().allSatisfy { $0[offset] == runs[0][offset] }
        let looksRight = alike && state(of: runs[0][offset], number: slot) != .damaged
        // What looks wrong may be a write under way: the slot is read again with its lock held.
        let images =
          looksRight ? [runs[0][offset]] : try withLock(slot..<slot + 1) { () throws(KeyFault) in try readEach(slot) }
        count(images, slot, known, &report)
      }
      start = range.upperBound
      progress(start, end)
    }
    return report
  }

  private func readEach(_ slot: Int64) throws(KeyFault) -> [Slot] {
    var images: [Slot] = []
    for mirror in mirrors { images.append(try mirror.read(slot)) }
    return images
  }

  private func count(_ images: [Slot], _ slot: Int64, _ known: [Int64: SlotOwner]?, _ report: inout KeyStoreReport) {
    guard images.allSatisfy({ $0 == images[0] }) else {
      report.disagreeing += 1
      return note(slot, &report)
    }
    switch state(of: images[0], number: slot) {
    case .empty: if slot >= Self.firstPersonSlot { report.empty += 1 }
    case .destroyed: report.destroyed += 1
    case .live where unwraps(images[0], slot, known, &report): report.live += 1
    case .live, .damaged:
      report.damaged += 1
      note(slot, &report)
    }
  }

  private func unwraps(
    _ image: Slot, _ slot: Int64, _ known: [Int64: SlotOwner]?, _ report: inout KeyStoreReport
  ) -> Bool {
    let masters = masters.withLock { $0 }
    if slot < Self.firstPersonSlot {
      return ServiceKey.numbers(in: slot).contains {
        image.unwrapped(masters, for: SlotBinding(store, serviceSlot: slot, number: $0)) != nil
      }
    }
    guard let known else { return true }
    guard let owner = known[slot] else {
      report.unowned += 1
      return true
    }
    let binding = SlotBinding(store, slot: slot, person: owner.person, category: owner.category)
    return image.unwrapped(masters, for: binding) != nil
  }

  private func note(_ slot: Int64, _ report: inout KeyStoreReport) {
    if report.faulty.count < 1000 { report.faulty.append(slot) }
  }
}
