import Wire

/// What was asked in a session, in memory only: values of personal parameters are left out.
struct CommandHistory: Sendable {
  /// Lines kept.
  static let linesMax = 500
  private(set) var lines: [String] = []

  /// Adds a command as it may be kept. A value stays only where `help` says that it is not personal.
  mutating func add(_ command: Command, help: VerbHelp?) {
    let words = command.parameters.map { parameter in
      if parameter.isBare { return parameter.name }
      let isKnown = help?.parameters.contains { $0.name == parameter.name && !$0.isPersonal } ?? false
      return "\(parameter.name)=\(isKnown || Self.harmless.contains(parameter.name) ? parameter.value : "…")"
    }
    lines.append(SafeText.forTerminal(([command.verb] + words).joined(separator: " ")))
    if lines.count > Self.linesMax { lines.removeFirst() }
  }

  /// Parameters of every verb that hold no personal data, whatever the server says of them.
  private static let harmless: Set<String> = ["purpose", "limit", "lang", "format"]
}
