import AccessLog
import Model

/// A signed checkpoint as it is kept outside of the database.
struct KeptCheckpoint: Sendable, Equatable {
  /// The whole signed note.
  let note: String
  /// What it says.
  let checkpoint: Checkpoint

  /// Reads a note; its signatures are not verified here.
  init(_ note: String) throws(NoteFault) { try self.init(SignedNote(note)) }

  private init(_ signed: SignedNote) throws(NoteFault) {
    checkpoint = try Checkpoint(signed.text)
    note = signed.description
  }

  init(_ bytes: ArraySlice<UInt8>) throws(NoteFault) { try self.init(SignedNote(bytes: bytes)) }
}

/// How a file keeps signed checkpoints: each is a line `@TIME LENGTH`, and then so many bytes of the signed note.
///
/// The time is in UTC by RFC 3339. No line of a note begins with `@` and holds a space, so that each record's beginning
/// is found again after one that was cut short; that one is ended with a line feed when the next is written.
enum CheckpointRecord {
  /// The longest note that is kept.
  static let noteBytesMax = 65_536

  private static let at = UInt8(ascii: "@")
  private static let lineFeed = UInt8(ascii: "\n")

  /// A record's bytes.
  static func bytes(_ note: String, at instant: Instant) -> [UInt8] {
    Array("@\(instant) \(note.utf8.count)\n\(note)".utf8)
  }

  /// The last whole record of the end of a file; `isWhole` where it is all of the file.
  static func last(in bytes: [UInt8], isWhole: Bool) -> KeptCheckpoint? {
    for place in bytes.indices.reversed() where bytes[place] == at {
      guard place == 0 ? isWhole : bytes[place - 1] == lineFeed, let note = note(in: bytes, at: place) else { continue }
      if let kept = try? KeptCheckpoint(note) { return kept }
    }
    return nil
  }

  /// Whether a file without a whole record can be one whose first records were cut short.
  static func isBeginning(_ bytes: [UInt8]) -> Bool {
    bytes.count <= noteBytesMax && (bytes.allSatisfy { $0 == 0 } || bytes.first == at)
  }

  private static func note(in bytes: [UInt8], at place: Int) -> ArraySlice<UInt8>? {
    guard let end = bytes[place...].firstIndex(of: lineFeed) else { return nil }
    let parts = bytes[place..<end].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 2, let length = length(parts[1]), length <= bytes.count - end - 1 else { return nil }
    return bytes[(end + 1)..<(end + 1 + length)]
  }

  private static func length(_ digits: ArraySlice<UInt8>) -> Int? {
    guard (1...5).contains(digits.count), digits.first != UInt8(ascii: "0") else { return nil }
    var value = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return value <= noteBytesMax ? value : nil
  }
}
