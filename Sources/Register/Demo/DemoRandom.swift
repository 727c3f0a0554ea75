/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers from the same seed on every machine.
struct DemoRandom {
  private var state: UInt64

  /// A generator of its own for one item of a stream.
  init(seed: UInt64, stream: UInt64, item: Int) {
    state = seed &+ stream &* 0xD1B5_4A32_D192_ED03 &+ UInt64(truncatingIfNeeded: item) &* 0x2545_F491_4F6C_DD1D
    _ = next()
  }

  /// The next number.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// A number from 0 up to and not including `bound`.
  mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

  /// True so many times in a hundred.
  mutating func percent(_ share: Int) -> Bool { below(100) < share }

  /// One of some things.
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
