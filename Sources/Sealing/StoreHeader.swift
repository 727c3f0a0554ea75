import Crypto

/// Slot 0: magic 8 ‖ format version 2 ‖ zero 2 ‖ master key's generation 4 ‖ store id 16 ‖ HMAC-SHA256 of these 32.
///
/// The MAC's key is derived from the master key (HKDF, RFC 5869), so that the header shows whether a master key is the store's.
struct StoreHeader: Equatable {
  static let magic: [UInt8] = Array("REKKEYS\n".utf8)
  private static let formatVersion: UInt16 = 1

  let generation: UInt32
  let store: StoreID

  init(generation: UInt32, store: StoreID) {
    self.generation = generation
    self.store = store
  }

  /// The header in a slot, not yet authenticated; nil where there is none.
  init?(unauthenticated slot: Slot) {
    let parts: (UInt32, UInt64, UInt64)? = slot.withBytes { bytes in
      guard bytes[..<8].elementsEqual(StoreHeader.magic),
        UInt16(bigEndian: bytes.load(fromByteOffset: 8, as: UInt16.self)) == StoreHeader.formatVersion
      else { return nil }
      return (
        UInt32(bigEndian: bytes.load(fromByteOffset: 12, as: UInt32.self)),
        UInt64(bigEndian: bytes.load(fromByteOffset: 16, as: UInt64.self)),
        UInt64(bigEndian: bytes.load(fromByteOffset: 24, as: UInt64.self))
      )
    }
    guard let parts else { return nil }
    self.init(generation: parts.0, store: StoreID(high: parts.1, low: parts.2))
  }

  /// Whether a slot is exactly a header written under this master key.
  static func isAuthentic(_ slot: Slot, under master: MasterKey) -> Bool {
    guard let header = StoreHeader(unauthenticated: slot), header.generation == master.generation else { return false }
    return header.encoded(under: master) == slot
  }

  /// The slot of this header.
  func encoded(under master: MasterKey) -> Slot {
    var slot = Slot()
    slot.withMutableBytes { bytes in
      UnsafeMutableRawBufferPointer(rebasing: bytes[..<8]).copyBytes(from: StoreHeader.magic)
      bytes.storeBytes(of: StoreHeader.formatVersion.bigEndian, toByteOffset: 8, as: UInt16.self)
      bytes.storeBytes(of: generation.bigEndian, toByteOffset: 12, as: UInt32.self)
      bytes.storeBytes(of: store.high.bigEndian, toByteOffset: 16, as: UInt64.self)
      bytes.storeBytes(of: store.low.bigEndian, toByteOffset: 24, as: UInt64.self)
    }
    let key = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: master.symmetric, info: Array("rekisteri key store header".utf8), outputByteCount: 32)
    let head = slot.withBytes { Array($0[..<32]) }
    let code = Array(HMAC<SHA256>.authenticationCode(for: head, using: key))
    slot.withMutableBytes { UnsafeMutableRawBufferPointer(rebasing: $0[32...]).copyBytes(from: code) }
    return slot
  }
}
