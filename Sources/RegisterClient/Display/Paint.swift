/// Colours on a terminal (ECMA-48, section 8.3.117); plain text elsewhere.
struct Paint: Sendable {
  /// What a colour stands for.
  enum Meaning: String, Sendable {
    case added = "32"
    case removed = "31"
    case changed = "33"
    case warning = "33;1"
    case alarm = "31;1"
    case good = "32;1"
  }

  /// Whether it goes to a terminal.
  let isOn: Bool

  /// The text, which must be safe for a terminal, in a colour.
  func callAsFunction(_ text: String, _ meaning: Meaning) -> String {
    isOn ? "\u{1B}[\(meaning.rawValue)m\(text)\u{1B}[0m" : text
  }
}
