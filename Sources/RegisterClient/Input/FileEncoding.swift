import Model

/// How the text of a file is encoded: UTF-8, else Windows-1252, which older programs write.
///
/// A file that is UTF-8 but for some bytes is neither: read as Windows-1252 every name in it would be spoilt.
enum FileEncoding: Sendable, Equatable {
  case utf8
  case windows1252

  /// Tells it from the bytes.
  ///
  /// - Throws: `usage` with the line of the first byte that will do for neither, or for UTF-16.
  init(of bytes: [UInt8]) throws(ClientError) {
    if String(validating: bytes, as: UTF8.self) != nil {
      self = .utf8
      return
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { throw .usage(Self.utf16) }
    let found = Self.count(bytes)
    if found.sequences > 0, found.sequences >= found.faults {
      throw .usage(Self.fault(Self.line(of: found.first, bytes)))
    }
    if let place = bytes.firstIndex(where: Self.unassigned.contains) {
      throw .usage(Self.fault(Self.line(of: place, bytes)))
    }
    self = .windows1252
  }

  /// What Windows-1252 has no character for.
  private static let unassigned: Set<UInt8> = [0x81, 0x8D, 0x8F, 0x90, 0x9D]

  /// How many characters of several bytes there are as in UTF-8, how many bytes that are none, and the first of those.
  private static func count(_ bytes: [UInt8]) -> (sequences: Int, faults: Int, first: Int) {
    var (sequences, faults, first) = (0, 0, bytes.count)
    var index = 0
    while index < bytes.count {
      let following =
        switch bytes[index] {
        case 0x00...0x7F: 0
        case 0xC2...0xDF: 1
        case 0xE0...0xEF: 2
        case 0xF0...0xF4: 3
        default: -1
        }
      let end = index + 1 + following
      if following >= 0, end <= bytes.count, bytes[(index + 1)..<end].allSatisfy({ $0 & 0xC0 == 0x80 }) {
        if following > 0 { sequences += 1 }
        index = end
      } else {
        faults += 1
        first = min(first, index)
        index += 1
      }
    }
    return (sequences, faults, first)
  }

  private static func line(of place: Int, _ bytes: [UInt8]) -> Int { 1 + bytes[..<place].count { $0 == 0x0A } }

  private static func fault(_ line: Int) -> Text {
    Text(
      en: "Line \(line) of the file holds bytes that are no text in UTF-8. Save the file as UTF-8. Nothing was sent.",
      fi: "Tiedoston rivillä \(line) on tavuja, jotka eivät ole UTF-8-tekstiä. Tallenna tiedosto UTF-8-muodossa. "
        + "Mitään ei lähetetty.",
      sv: "Rad \(line) i filen har byte som inte är text i UTF-8. Spara filen som UTF-8. Inget skickades.")
  }

  private static let utf16 = Text(
    en: "The file is UTF-16. Save it as UTF-8. Nothing was sent.",
    fi: "Tiedosto on UTF-16-muodossa. Tallenna se UTF-8-muodossa. Mitään ei lähetetty.",
    sv: "Filen är UTF-16. Spara den som UTF-8. Inget skickades.")
}
