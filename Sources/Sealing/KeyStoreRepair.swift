import Glibc
import Synchronization

/// What was found to differ between mirrors, and what became of it.
public struct KeyStoreRepairs: Equatable, Sendable {
  /// Mirrors whose file was missing and was made anew.
  public var recreatedMirrors: [String] = []
  /// Slots of mirrors that were brought up to date.
  public var repairedSlots = 0
  /// Slots of mirrors that should have been, and could not be written.
  public var failedSlots = 0
  /// Slots that differ where only their person and category can tell which is right; `key` and `rotate` settle them.
  public var conflictingSlots = 0
}

extension KeyStore {
  static let chunkSlots = 8192

  /// Writes the header where a mirror has an older or a damaged one.
  func repairHeaders(under key: MasterKey) throws(KeyFault) {
    guard mirrors.count > 1 else { return }
    try withLock(0..<1) { () throws(KeyFault) in
      let found = images(0).slots
      let newest = found.compactMap { $0.flatMap { StoreHeader(unauthenticated: $0)?.generation } }.max()
      // Another server may have finished a rotation meanwhile.
      guard newest == key.generation else { return }
      let header = StoreHeader(generation: key.generation, store: store).encoded(under: key)
      spread(header, 0, over: found) { $0 != header }
    }
  }

  /// Compares the mirrors and repairs every slot that differs.
  func repairSlots() throws(KeyFault) {
    guard mirrors.count > 1 else { return }
    let end = try endSlot
    let chunk = Self.chunkSlots * Slot.bytes
    var buffers = mirrors.map { _ in [UInt8](repeating: 0, count: chunk) }
    var next: Int64 = 1
    while next < end {
      for (index, mirror) in mirrors.enumerated() {
        try buffers[index].withMutableRawBytes { bytes throws(KeyFault) in
          do throws(KeyFault) { try mirror.read(from: next, into: bytes) } catch {
            // An unreadable stretch is for the slots' own reads to report.
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
          }
        }
      }
      for index in buffers.indices.dropFirst() where buffers[index] != buffers[0] {
        for offset in 0..<min(Int64(Self.chunkSlots), end - next) where differs(buffers, at: Int(offset)) {
          try repair(next + offset)
        }
        break
      }
      next += Int64(Self.chunkSlots)
    }
    if repairs.repairedSlots > 0 && mirrors.allSatisfy(\.isWritable) { try sync() }
  }

  private func differs(_ buffers: [[UInt8]], at slot: Int) -> Bool {
    let range = slot * Slot.bytes..<(slot + 1) * Slot.bytes
    return buffers.dropFirst().contains { $0[range] != buffers[0][range] }
  }

  /// Makes a slot the same in all mirrors as far as the slot itself, or a service key's known place, shows which is right.
  private func repair(_ slot: Int64) throws(KeyFault) {
    try withLock(slot..<slot + 1) { () throws(KeyFault) in
      let found = images(slot).slots
      if let tombstone = found.lazy.compactMap({ $0 }).first(where: { $0.isTombstone(of: slot, under: tombstoneKey) }) {
        return spread(tombstone, slot, over: found) { $0 != tombstone }
      }
      if slot < Self.firstPersonSlot {
        let bindings = ServiceKey.numbers(in: slot).map { SlotBinding(store, serviceSlot: slot, number: $0) }
        _ = try? settle(slot, bindings)
        return
      }
      let live = found.compactMap { $0 }.filter { state(of: $0, number: slot) == .live }
      guard let image = live.first, live.allSatisfy({ $0 == image }) else {
        // Two generations are a rotation half done, which `rotate` finishes.
        let isRotation = Set(live.map(\.claim)).count == live.count && !live.isEmpty
        if !isRotation && Set(found).count > 1 { repairLog.withLock { $0.conflictingSlots += 1 } }
        return
      }
      spread(image, slot, over: found) { $0 != image }
    }
  }
}
