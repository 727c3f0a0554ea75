/// A note, checkpoint, proof or log that is not what it should be.
public struct NoteFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, in English, for an operator or auditor.
  public let reason: String

  /// A fault with its reason.
  public init(reason: String) { self.reason = reason }

  /// The reason.
  public var description: String { reason }
}

/// What lines and names of notes may hold.
enum NoteText {
  /// The longest note that is read: far more than a checkpoint with all its signatures needs.
  static let noteBytesMax = 1_000_000
  /// The most signature lines that are read.
  static let signaturesMax = 64

  /// Whether a key's name is fit for signature lines: not empty, without white space, controls and "+".
  static func isName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.allSatisfy {
        $0 != "+" && !$0.properties.isWhitespace && $0.properties.generalCategory != .control
      }
  }

  /// Whether a text has no control characters but line feeds.
  static func isPlain(_ text: some StringProtocol) -> Bool {
    text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control }
  }

  /// The lines of a text that ends with a line feed; nil for any other.
  static func lines(_ text: some Collection<UInt8>) -> [String]? {
    var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.popLast()?.isEmpty == true else { return nil }
    return lines.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether two texts have the same bytes; `==` would take canonically equivalent ones as the same.
  static func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
}
