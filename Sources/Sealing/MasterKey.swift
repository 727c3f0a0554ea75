import Crypto
import FoundationEssentials
import Glibc

/// The 256-bit key that wraps every key of a key store.
///
/// It lives in a systemd credential or in a file that only its owner can read, never in the database or its backups.
/// The library overwrites its memory when the last copy is dropped. It cannot be printed.
public struct MasterKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  let symmetric: SymmetricKey
  /// Counts up with each rotation; never 0.
  public let generation: UInt32

  /// A fresh random key of a generation, which must not be 0; `file:` makes one that lasts.
  public init(generation: UInt32) {
    self.symmetric = SymmetricKey(size: .bits256)
    self.generation = max(1, generation)
  }

  init(symmetric: SymmetricKey, generation: UInt32) {
    self.symmetric = symmetric
    self.generation = generation
  }

  /// Words, never the key.
  public var description: String { "MasterKey(generation \(generation))" }
  /// Words, never the key.
  public var debugDescription: String { description }
  /// Nothing to look into.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }

  /// The low bits of the generation, as slots carry them.
  var generationBits: UInt16 { UInt16(truncatingIfNeeded: generation) }
}

extension MasterKey {
  private static let firstLine = "rekisteri-master-key 1"

  /// The text of a key file: three lines, each ended by LF: `rekisteri-master-key 1`, `generation N` in decimal without
  /// leading zeros, `key ` and 64 digits of lower-case hexadecimal.
  func encoded() -> [UInt8] {
    var text = Array("\(Self.firstLine)\ngeneration \(generation)\nkey ".utf8)
    symmetric.withUnsafeBytes { key in
      for byte in key {
        for digit in [byte >> 4, byte & 15] { text.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
      }
    }
    text.append(0x0A)
    return text
  }

  /// Reads the text of a key file; nil for anything but what `encoded` writes (the last LF may be missing).
  init?(encoded text: [UInt8]) {
    let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.count == 3 || (lines.count == 4 && lines[3].isEmpty) else { return nil }
    guard lines[0].elementsEqual(Self.firstLine.utf8) else { return nil }
    let number = lines[1].dropFirst(11)
    guard lines[1].starts(with: "generation ".utf8), (1...10).contains(number.count), number.first != 0x30,
      number.allSatisfy({ (0x30...0x39).contains($0) }),
      let generation = UInt32(String(decoding: number, as: UTF8.self))
    else { return nil }
    guard lines[2].count == 68, lines[2].starts(with: "key ".utf8) else { return nil }
    var key = [UInt8]()
    key.reserveCapacity(32)
    defer { key.withUnsafeMutableBytes { if let base = $0.baseAddress { explicit_bzero(base, $0.count) } } }
    var half: UInt8?
    for character in lines[2].dropFirst(4) {
      let digit: UInt8
      switch character {
      case 0x30...0x39: digit = character - 0x30
      case 0x61...0x66: digit = character - 0x57
      default: return nil
      }
      if let high = half {
        key.append(high << 4 | digit)
        half = nil
      } else {
        half = digit
      }
    }
    self.init(symmetric: SymmetricKey(data: key), generation: generation)
  }
}
