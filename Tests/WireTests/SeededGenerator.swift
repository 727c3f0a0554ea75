/// A repeatable source of random numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

extension Array where Element == UInt8 {
  /// A few random changes: bytes replaced, removed, doubled, inserted or swapped in from `pool`.
  func mutated(using random: inout SeededGenerator, pool: [UInt8] = Array("\u{0}\r\n\"\\ =.>{}[]:,-".utf8)) -> [UInt8] {
    var bytes = self
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let index = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0 where index < bytes.count: bytes[index] = UInt8.random(in: 0...255, using: &random)
      case 1 where index < bytes.count: bytes.remove(at: index)
      case 2 where index < bytes.count: bytes.insert(bytes[index], at: index)
      case 3: bytes.insert(pool.randomElement(using: &random) ?? 0, at: index)
      default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
      }
    }
    return bytes
  }
}

/// The bytes of a string's UTF-8.
func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }
