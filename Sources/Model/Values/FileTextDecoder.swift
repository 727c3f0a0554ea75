/// Turns the bytes of a text file, in pieces cut anywhere, into text: UTF-8, else Windows-1252.
///
/// A file is taken as UTF-8 until its first ill-formed sequence. Where all before that was ASCII, the file is one of the
/// older encoding and is read as Windows-1252 from there; where valid letters of UTF-8 came before, the file is damaged
/// and refused. UTF-16 is refused by its byte order mark. The byte order mark of UTF-8 is dropped.
public struct FileTextDecoder: Sendable {
  private enum Encoding { case ascii, utf8, windows1252 }

  private var encoding = Encoding.ascii
  private var rest: [UInt8] = []
  private var isAtStart = true

  /// A decoder at the beginning of a file.
  public init() {}

  /// The text of the next piece; throws `invalid/file` on a file that is in no encoding that can be told.
  public mutating func decode(_ piece: some Sequence<UInt8>) throws(RegisterError) -> String {
    rest.append(contentsOf: piece)
    if isAtStart {
      if rest.count < 3 && rest.allSatisfy({ $0 >= 0xBB }) { return "" }
      isAtStart = false
      if rest.starts(with: [0xFF, 0xFE]) || rest.starts(with: [0xFE, 0xFF]) {
        throw .invalid("file", FileTextDecoder.utf16)
      }
      if rest.starts(with: [0xEF, 0xBB, 0xBF]) {
        rest.removeFirst(3)
        encoding = .utf8
      }
    }
    return try take(isLast: false)
  }

  /// The text of what was held back for the end of the file.
  public mutating func finish() throws(RegisterError) -> String {
    if isAtStart && (rest.starts(with: [0xFF, 0xFE]) || rest.starts(with: [0xFE, 0xFF])) {
      throw .invalid("file", FileTextDecoder.utf16)
    }
    isAtStart = false
    return try take(isLast: true)
  }

  private mutating func take(isLast: Bool) throws(RegisterError) -> String {
    var end = 0
    while end < rest.count && encoding != .windows1252 {
      if rest[end] < 0x80 {
        end += 1
        continue
      }
      switch FileTextDecoder.sequence(in: rest, at: end) {
      case .whole(let length):
        encoding = .utf8
        end += length
      case .cut where !isLast:
        let text = String(decoding: rest[..<end], as: UTF8.self)
        rest.removeFirst(end)
        return text
      case .cut, .illFormed:
        guard encoding == .ascii else { throw .invalid("file", FileTextDecoder.damaged) }
        encoding = .windows1252
      }
    }
    defer { rest.removeAll(keepingCapacity: true) }
    guard encoding == .windows1252 else { return String(decoding: rest, as: UTF8.self) }
    var scalars = String.UnicodeScalarView()
    for byte in rest { scalars.append(FileTextDecoder.scalar(windows1252: byte)) }
    return String(scalars)
  }

  private enum UTF8Sequence { case whole(Int), cut, illFormed }

  /// The sequence that begins at a byte over 0x7F (Unicode, table 3-7).
  private static func sequence(in bytes: [UInt8], at start: Int) -> UTF8Sequence {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch bytes[start] {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return .illFormed
    }
    for offset in 1..<length {
      guard start + offset < bytes.count else { return .cut }
      guard (offset == 1 ? second : 0x80...0xBF).contains(bytes[start + offset]) else { return .illFormed }
    }
    return .whole(length)
  }

  /// A byte of Windows-1252; its five unassigned bytes are the C1 controls, as browsers read them.
  private static func scalar(windows1252 byte: UInt8) -> Unicode.Scalar {
    guard byte >= 0x80 && byte < 0xA0 else { return Unicode.Scalar(byte) }
    return Unicode.Scalar(upper[Int(byte - 0x80)]) ?? Unicode.Scalar(byte)
  }

  private static let upper: [UInt16] = [
    0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D, 0x8F,
    0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E,
    0x178,
  ]

  private static let utf16 = Text(
    en: "The file is in UTF-16. Save it as UTF-8.", fi: "Tiedosto on UTF-16-muodossa. Tallenna se UTF-8-muodossa.",
    sv: "Filen är i UTF-16. Spara den som UTF-8.")

  private static let damaged = Text(
    en: "The file is not valid UTF-8 throughout.", fi: "Tiedosto ei ole kauttaaltaan kelvollista UTF-8:aa.",
    sv: "Filen är inte genomgående giltig UTF-8.")
}
