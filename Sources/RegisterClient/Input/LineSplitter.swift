import Model

/// Takes a typed line apart into words, quotes and escapes undone.
struct LineSplitter {
  private var rest: String.UnicodeScalarView.SubSequence

  init(_ line: String) { rest = line.unicodeScalars[...] }

  mutating func words() throws(ClientError) -> [String] {
    var words: [String] = []
    while true {
      while let next = rest.first, next == " " || next == "\t" || next == "\u{A0}" { rest.removeFirst() }
      guard !rest.isEmpty else { return words }
      words.append(try word())
    }
  }

  private mutating func word() throws(ClientError) -> String {
    var word = String.UnicodeScalarView()
    while let next = rest.first, next != " ", next != "\t" {
      rest.removeFirst()
      switch next {
      case "\"": try quoted(into: &word)
      case "'":
        guard let end = rest.firstIndex(of: "'") else { throw Self.unclosed }
        word.append(contentsOf: rest[..<end])
        rest = rest[rest.index(after: end)...]
      default: word.append(next)
      }
    }
    return String(word)
  }

  private mutating func quoted(into word: inout String.UnicodeScalarView) throws(ClientError) {
    while let next = rest.popFirst() {
      if next == "\"" { return }
      word.append(next == "\\" ? try escape() : next)
    }
    throw Self.unclosed
  }

  private mutating func escape() throws(ClientError) -> Unicode.Scalar {
    switch rest.popFirst() {
    case "\"": return "\""
    case "\\": return "\\"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u":
      guard rest.popFirst() == "{", let end = rest.firstIndex(of: "}"),
        rest.distance(from: rest.startIndex, to: end) <= 6,
        let value = UInt32(String(rest[..<end]), radix: 16), value != 0, let scalar = Unicode.Scalar(value)
      else { throw Self.badEscape }
      rest = rest[rest.index(after: end)...]
      return scalar
    default: throw Self.badEscape
    }
  }

  private static let unclosed = ClientError.usage(
    Text(en: "A quote is not closed.", fi: "Lainausmerkki puuttuu lopusta.", sv: "Ett citattecken saknas i slutet."))
  private static let badEscape = ClientError.usage(
    Text(
      en: "Within quotes, write \\\\ for a backslash and \\\" for a quote.",
      fi: "Kirjoita lainausmerkkien sisällä kenoviiva \\\\ ja lainausmerkki \\\".",
      sv: "Skriv \\\\ för omvänt snedstreck och \\\" för citattecken inom citat."))
}
