/// Deterministic small damage to valid inputs.
enum Fuzz {
  /// The text with one to three bytes changed, removed, doubled or put in, made UTF-8 again.
  static func mutate(_ text: String, _ generator: inout some RandomNumberGenerator) -> String {
    String(decoding: mutate(Array(text.utf8), &generator), as: UTF8.self)
  }

  /// The bytes with one to three changed, removed, doubled or put in.
  static func mutate(_ bytes: [UInt8], _ generator: inout some RandomNumberGenerator) -> [UInt8] {
    let telling = Array("\n =+/—0123456789Aaxp.\r\t".utf8)
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0...5, using: &generator) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(bytes[place], at: place)
      case 3: bytes[place] = telling.randomElement(using: &generator) ?? 0
      case 4: bytes.insert(telling.randomElement(using: &generator) ?? 0, at: place)
      default: bytes.removeLast(bytes.count - place)
      }
    }
    return bytes
  }
}
