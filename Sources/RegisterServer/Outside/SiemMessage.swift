import AccessLog
import Glibc
import Model
import Register

/// Messages of RFC 5424 in the frames of RFC 5425: the count of octets in decimal, a space, the message.
struct SiemMessage: Sendable {
  /// The parts of a message.
  struct Parts: Sendable, Equatable {
    /// 0, an emergency, to 7; RFC 5424 section 6.2.1.
    var severity: Int
    var at: Instant
    /// What kind of message it is; at most 32 printable ASCII characters.
    var id: String
    /// The parameters of the structured data, in their order.
    var data: [(name: String, value: String)]
    var text: String

    static func == (left: Parts, right: Parts) -> Bool {
      left.severity == right.severity && left.at == right.at && left.id == right.id && left.text == right.text
        && left.data.elementsEqual(right.data) { $0 == $1 }
    }
  }

  /// Log audit (RFC 5424 section 6.2.1).
  static let facility = 13
  /// The element's name, with the enterprise number that is set aside for documentation (RFC 5612).
  static let element = "rekisteri@32473"

  private let prefix: String
  private let format: SiemSettings.Format

  /// A writer of messages of this process.
  init(format: SiemSettings.Format, host: String = Self.hostName(), process: Int32 = getpid()) {
    self.format = format
    prefix = " \(Self.printable(host, 255)) \(Product.name) \(process) "
  }

  /// The frame of an entry.
  func frame(entry bytes: [UInt8], index: Int64) throws(RegisterError) -> [UInt8] {
    guard let entry = try? Entry.decode(bytes) else { throw .internal }
    return Self.framed(
      message(
        Parts(
          severity: Self.severity(entry.outcome), at: entry.at, id: entry.verb,
          data: [("index", String(index)), ("rid", entry.request.description)],
          text: try textFormat.line(index: index, bytes: bytes))))
  }

  /// The frame of a signed checkpoint.
  func frame(checkpoint size: Int64, note: String, at instant: Instant) -> [UInt8] {
    Self.framed(
      message(
        Parts(
          severity: 6, at: instant, id: "checkpoint", data: [("size", String(size))],
          text: textFormat.checkpoint(size: size, note: note, at: instant) ?? "")))
  }

  private var textFormat: LogTextFormat {
    switch format {
    case .rfc5424: .ndjson
    case .cef: .cef
    case .ocsf: .ocsf
    }
  }

  /// A message. Text beyond ASCII has a byte order mark before it, as section 6.4 asks, but in CEF and OCSF, whose readers
  /// look for their first characters.
  func message(_ parts: Parts) -> [UInt8] {
    let data = parts.data.map { " \($0.name)=\"\(Self.escaped($0.value))\"" }.joined()
    let priority = Self.facility * 8 + min(7, max(0, parts.severity))
    var bytes = Array(
      "<\(priority)>1 \(parts.at)\(prefix)\(Self.printable(parts.id, 32)) [\(Self.element)\(data)] ".utf8)
    if format == .rfc5424, parts.text.utf8.contains(where: { $0 >= 0x80 }) { bytes += [0xEF, 0xBB, 0xBF] }
    bytes += parts.text.utf8
    return bytes
  }

  /// The message with its count of octets (RFC 5425 section 4.3.1).
  static func framed(_ message: [UInt8]) -> [UInt8] { Array("\(message.count) ".utf8) + message }

  /// A parameter's value: `"`, `\` and `]` with a backslash before them, nothing that does not show (section 6.3.3).
  static func escaped(_ value: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in value.unicodeScalars {
      if scalar == "\"" || scalar == "\\" || scalar == "]" { result.append("\\") }
      result.append(scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) ? "\u{FFFD}" : scalar)
    }
    return String(result)
  }

  /// A field of the header: printable ASCII, at most so long, `-` where nothing is left.
  static func printable(_ text: String, _ most: Int) -> String {
    let bytes = text.utf8.lazy.filter { (0x21...0x7E).contains($0) }.prefix(most)
    let field = String(decoding: Array(bytes), as: UTF8.self)
    return field.isEmpty ? "-" : field
  }

  /// Informational, notice, warning; reads by break-glass are warnings too.
  static func severity(_ outcome: Outcome) -> Int {
    switch outcome {
    case .ok: 6
    case .failed: 5
    case .denied, .breakGlass: 4
    }
  }

  /// The machine's name.
  static func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
