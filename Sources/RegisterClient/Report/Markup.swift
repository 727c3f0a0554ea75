import Wire

/// HTML under construction: every value that goes in is escaped here and nowhere else.
///
/// What comes out is well-formed as XML too: each element is closed, each attribute quoted.
struct Markup: Sendable {
  /// The text so far.
  private(set) var text = ""

  /// Attributes in order, their values unescaped.
  typealias Attributes = KeyValuePairs<String, String>

  /// Opens an element.
  mutating func open(_ name: StaticString, _ attributes: Attributes = [:]) {
    tag(name, attributes)
    text += ">"
  }

  /// Closes an element.
  mutating func close(_ name: StaticString) { text += "</\(name)>\n" }

  /// An element with a text in it.
  mutating func element(_ name: StaticString, _ content: String) { element(name, [:], content) }

  /// An element with attributes and a text in it.
  mutating func element(_ name: StaticString, _ attributes: Attributes, _ content: String) {
    open(name, attributes)
    words(content)
    close(name)
  }

  /// An element with others in it.
  mutating func element(_ name: StaticString, _ content: (inout Markup) -> Void) { element(name, [:], content) }

  /// An element with attributes and others in it.
  mutating func element(_ name: StaticString, _ attributes: Attributes, _ content: (inout Markup) -> Void) {
    open(name, attributes)
    content(&self)
    close(name)
  }

  /// An element without content.
  mutating func empty(_ name: StaticString, _ attributes: Attributes = [:]) {
    tag(name, attributes)
    text += "/>"
  }

  /// A text.
  mutating func words(_ content: String) { text += Self.escape(content) }

  /// A text from outside, such as a name: its direction does not reach what stands beside it.
  mutating func isolated(_ content: String) {
    guard !content.utf8.allSatisfy({ $0 < 0x80 }) else { return words(content) }
    text += "<bdi>"
    words(content)
    text += "</bdi>"
  }

  /// Markup made before.
  mutating func append(_ other: Markup) { text += other.text }

  /// Text of this program's own that is markup already, such as a style sheet.
  mutating func raw(_ content: StaticString) { text += "\(content)" }

  private mutating func tag(_ name: StaticString, _ attributes: Attributes) {
    text += "<\(name)"
    for (key, value) in attributes { text += " \(key)=\"\(Self.escape(value))\"" }
  }

  /// A text as it may stand in an element or a quoted attribute: nothing hidden, no markup.
  static func escape(_ content: String) -> String {
    let safe = SafeText.forTerminal(content, keepingLines: true)
    guard safe.utf8.contains(where: { $0 == 0x26 || $0 == 0x3C || $0 == 0x3E || $0 == 0x22 || $0 == 0x27 }) else {
      return safe
    }
    var escaped = ""
    escaped.reserveCapacity(safe.utf8.count + 16)
    for scalar in safe.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
