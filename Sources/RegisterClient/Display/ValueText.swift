import Model
import Wire

/// Values as people read them: on one line, safe for a terminal.
struct ValueText: Sendable {
  let language: Language

  /// Whether the value needs a record: an object that is no sourced value, or an array with objects.
  static func isNested(_ value: JSON) -> Bool {
    switch value {
    case .object: true
    case .array(let elements): elements.contains { $0.object != nil || $0.array != nil }
    default: false
    }
  }

  /// Whether the object is a value with its source: `value`, `source`, `at` and little else.
  static func isSourced(_ object: JSONObject) -> Bool { object["value"] != nil }

  /// The value on one line, whatever it is.
  func inline(_ value: JSON) -> String {
    Self.oneLine(raw(value))
  }

  /// The value, with the line feeds of texts kept.
  func raw(_ value: JSON) -> String {
    switch value {
    case .null: ""
    case .bool(let bool): (bool ? Self.yes : Self.no)[language]
    case .int(let number): String(number)
    case .double(let number): String(describing: number)
    case .string(let text): text
    case .array(let elements): elements.map(raw).joined(separator: elements.contains { $0.object != nil } ? "; " : ", ")
    case .object(let object): Self.isSourced(object) ? sourced(object) : pairs(object)
    }
  }

  /// `value [extra] (source, day)`
  private func sourced(_ object: JSONObject) -> String {
    var text = raw(object["value"] ?? .null)
    let extra = object.filter { !["value", "source", "at", "source-note"].contains($0.key) && !$0.value.isNull }
    if !extra.isEmpty {
      text += " [" + extra.map { "\($0.key): \(raw($0.value))" }.joined(separator: ", ") + "]"
    }
    var origin = [object["source"], object["source-note"]].compactMap { $0?.string }
    if let at = object["at"]?.string { origin.append(Self.day(at)) }
    return origin.isEmpty ? text : text + " (\(origin.joined(separator: ", ")))"
  }

  private func pairs(_ object: JSONObject) -> String {
    object.filter { !$0.value.isNull }.map { "\($0.key): \(raw($0.value))" }.joined(separator: ", ")
  }

  /// The day of a time, or the text itself.
  private static func day(_ text: String) -> String {
    let bytes = Array(text.utf8)
    return bytes.count > 10 && bytes[10] == UInt8(ascii: "T") ? String(decoding: bytes[..<10], as: UTF8.self) : text
  }

  /// A time to the minute, `2026-11-22 20:43 UTC`; the text itself, safe, where it is none.
  static func moment(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let isTime = bytes.count >= 17 && bytes[10] == UInt8(ascii: "T") && bytes.last == UInt8(ascii: "Z")
    guard isTime, bytes.allSatisfy({ $0 < 0x80 && $0 > 0x20 }) else { return oneLine(text) }
    return String(decoding: bytes[..<10], as: UTF8.self) + " " + String(decoding: bytes[11..<16], as: UTF8.self)
      + " UTC"
  }

  /// A command's parameters, `name=value` each, quoted where they have spaces.
  static func parameters(_ object: JSONObject, language: Language) -> [String] {
    let text = ValueText(language: language)
    return object.filter { !$0.value.isNull }.map { member in
      let value = text.inline(member.value)
      return "\(oneLine(member.key))=\(value.isEmpty || value.contains(" ") ? "\"\(value)\"" : value)"
    }
  }

  /// Text on one line: line ends and tabs become spaces, other hidden characters are marked.
  static func oneLine(_ text: String) -> String {
    guard !SafeText.isSafe(text) else { return text }
    var flat = String.UnicodeScalarView()
    var wasReturn = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\r": flat.append(" ")
      case "\n": if !wasReturn { flat.append(" ") }
      case "\t", "\u{2028}", "\u{2029}", "\u{85}": flat.append(" ")
      default: flat.append(scalar)
      }
      wasReturn = scalar == "\r"
    }
    return SafeText.forTerminal(String(flat))
  }

  private static let yes = Text(en: "yes", fi: "kyllä", sv: "ja")
  private static let no = Text(en: "no", fi: "ei", sv: "nej")
}
