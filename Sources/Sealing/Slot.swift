import Crypto
import FoundationEssentials

/// The 64 bytes of a slot: nonce 12 ‖ wrapped key 32 ‖ tag 16 ‖ version 1 ‖ generation's low 16 bits, big-endian ‖ state 1.
struct Slot: Hashable, Sendable {
  static let bytes = 64
  private static let formatVersion: UInt8 = 1
  // Four bits apart from each other and from zero, so that no single flipped bit makes one of another.
  private static let wrappedState: UInt8 = 0x5A
  private static let tombstoneState: UInt8 = 0xC3

  private var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)

  /// An empty slot.
  init() {}

  /// The slot in a buffer of at least 64 bytes.
  init(_ bytes: UnsafeRawBufferPointer) {
    withMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<Slot.bytes])) }
  }

  @inline(__always)
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(of: words) { body($0) }
  }

  @inline(__always)
  mutating func withMutableBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
    withUnsafeMutableBytes(of: &words) { body($0) }
  }

  private subscript(index: Int) -> UInt8 {
    get { withBytes { $0[index] } }
    set { withMutableBytes { $0[index] = newValue } }
  }

  /// What a slot's last four bytes claim.
  enum Claim: Hashable {
    case empty
    case wrapped(generationBits: UInt16)
    case tombstone
    case garbage
  }

  /// What this slot claims to be; only unwrapping or the tombstone's MAC shows whether it is true.
  var claim: Claim {
    if self == Slot() { return .empty }
    guard self[60] == Slot.formatVersion else { return .garbage }
    let bits = UInt16(self[61]) << 8 | UInt16(self[62])
    switch self[63] {
    case Slot.wrappedState: return .wrapped(generationBits: bits)
    case Slot.tombstoneState: return bits == 0 ? .tombstone : .garbage
    default: return .garbage
    }
  }

  /// Wraps a key under a master key for the slot, person and category of a binding.
  init(wrapping key: SymmetricKey, under master: MasterKey, for binding: SlotBinding) throws {
    let box = try key.withUnsafeBytes { secret in
      try binding.withBytes { try AESGCM.seal(secret, under: master.symmetric, authenticating: $0) }
    }
    withMutableBytes { bytes in
      box.withUnsafeBytes { bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<60])) }
    }
    self[60] = Slot.formatVersion
    self[61] = UInt8(truncatingIfNeeded: master.generationBits >> 8)
    self[62] = UInt8(truncatingIfNeeded: master.generationBits)
    self[63] = Slot.wrappedState
  }

  /// The key in the slot; nil where it was not wrapped under one of the master keys for this binding.
  func unwrapped(_ masters: Masters, for binding: SlotBinding) -> SymmetricKey? {
    guard case .wrapped(let bits) = claim, let master = masters.key(generationBits: bits) else { return nil }
    return withBytes { bytes in
      binding.withBytes { additional in
        AESGCM.open(UnsafeRawBufferPointer(rebasing: bytes[..<60]), under: master, authenticating: additional)
      }
    }.map { SymmetricKey(data: $0) }
  }

  /// A tombstone: a mark (8 bytes) and random bytes where the nonce and key were, their MAC where the tag was.
  ///
  /// The MAC, under a service key, keeps a damaged slot or a forger from passing for a destruction, since tombstones win over
  /// keys when mirrors are repaired.
  init(tombstoneFor slot: Int64, mark: UInt64, under key: SymmetricKey) {
    withMutableBytes { bytes in
      Randomness.fill(UnsafeMutableRawBufferPointer(rebasing: bytes[8..<44]))
      bytes.storeBytes(of: mark.bigEndian, as: UInt64.self)
    }
    let tag = tombstoneTag(slot, key)
    withMutableBytes { UnsafeMutableRawBufferPointer(rebasing: $0[44..<60]).copyBytes(from: tag) }
    self[60] = Slot.formatVersion
    self[63] = Slot.tombstoneState
  }

  /// Whether this is a genuine tombstone of the slot with this number.
  func isTombstone(of slot: Int64, under key: SymmetricKey) -> Bool {
    guard claim == .tombstone else { return false }
    return withBytes { $0[44..<60].elementsEqual(tombstoneTag(slot, key)) }
  }

  /// What was noted in a tombstone when it was made.
  var tombstoneMark: UInt64 { UInt64(bigEndian: words.0) }

  private func tombstoneTag(_ slot: Int64, _ key: SymmetricKey) -> ArraySlice<UInt8> {
    var message = withUnsafeBytes(of: UInt64(bitPattern: slot).bigEndian) { Array($0) }
    withBytes { message.append(contentsOf: $0[..<44]) }
    return Array(HMAC<SHA256>.authenticationCode(for: message, using: key))[..<16]
  }

  func hash(into hasher: inout Hasher) { withBytes { hasher.combine(bytes: $0) } }

  static func == (left: Slot, right: Slot) -> Bool {
    let a = left.words
    let b = right.words
    let first = (a.0 ^ b.0) | (a.1 ^ b.1) | (a.2 ^ b.2) | (a.3 ^ b.3)
    return first | (a.4 ^ b.4) | (a.5 ^ b.5) | (a.6 ^ b.6) | (a.7 ^ b.7) == 0
  }
}
