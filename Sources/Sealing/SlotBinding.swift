import Crypto
import Model

/// What a wrapped key is bound to: authenticated when it is wrapped, so that it unwraps nowhere else.
struct SlotBinding {
  private let words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

  /// A person's key of a category.
  init(_ store: StoreID, slot: Int64, person: PersonID, category: Category) {
    words = (
      (UInt64(0x50) << 56 | UInt64(category.rawValue)).bigEndian, store.high.bigEndian, store.low.bigEndian,
      UInt64(bitPattern: slot).bigEndian, person.high.bigEndian, person.low.bigEndian
    )
  }

  /// A service key; `number` is the month of a search key, else 0.
  init(_ store: StoreID, serviceSlot slot: Int64, number: Int) {
    words = (
      (UInt64(0x53) << 56).bigEndian, store.high.bigEndian, store.low.bigEndian, UInt64(bitPattern: slot).bigEndian, 0,
      UInt64(bitPattern: Int64(number)).bigEndian
    )
  }

  /// Calls `body` with the forty-eight bytes that are authenticated.
  @inline(__always)
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withUnsafeBytes(of: words, body)
  }
}

/// Names a key store: random, the same in all its mirrors.
struct StoreID: Equatable, Sendable {
  let high: UInt64
  let low: UInt64
}

/// The master keys that a key store accepts: the header's, and during a rotation the other one.
struct Masters: Sendable {
  /// Wraps new keys.
  var current: MasterKey
  /// Unwraps too.
  var other: MasterKey?

  @inline(__always)
  func key(generationBits bits: UInt16) -> SymmetricKey? {
    if current.generationBits == bits { return current.symmetric }
    if let other, other.generationBits == bits { return other.symmetric }
    return nil
  }
}
