public import Wire

extension Command {
  /// A command from words that are apart already, such as a program's arguments; nil where there is no verb.
  public init?(words: [String]) {
    guard let verb = words.first else { return nil }
    self.init(verb: verb, parameters: words.dropFirst().map(Self.parameter))
  }

  /// A command from a line as typed: words apart by spaces; `"…"` and `'…'` keep spaces, and `\` in `"…"` means what it
  /// means on the wire.
  ///
  /// - Throws: `ClientError.usage` where a quote is not closed or an escape is not known.
  /// - Returns: nil for an empty line.
  public init?(line: String) throws(ClientError) {
    var splitter = LineSplitter(line)
    self.init(words: try splitter.words())
  }

  /// Takes a parameter that has a value out of the command and gives the value.
  public mutating func take(_ name: String) -> String? {
    guard let index = parameters.firstIndex(where: { $0.name == name && !$0.isBare }) else { return nil }
    return parameters.remove(at: index).value
  }

  private static func parameter(_ word: String) -> Parameter {
    let scalars = word.unicodeScalars
    guard let equals = scalars.firstIndex(of: "=") else { return Parameter(bare: word) }
    return Parameter(name: String(scalars[..<equals]), value: String(scalars[scalars.index(after: equals)...]))
  }
}
