import Wire

/// A line of the prompt: a command, and how its rows are written.
struct PromptLine: Sendable, Equatable {
  let command: Command
  let form: OutputForm
  let outFile: String?

  /// Takes `--json`, `--csv` and `--out=FILE` out of a typed line. Nil for an empty one.
  init?(_ line: String, form: OutputForm) throws(ClientError) {
    guard var command = try Command(line: line) else { return nil }
    var form = form
    var out: String?
    command.parameters.removeAll { parameter in
      switch (parameter.name, parameter.isBare) {
      case ("--json", true): form = .json
      case ("--csv", true): form = .csv
      case ("--out", false): out = parameter.value
      default: return false
      }
      return true
    }
    self.command = command
    self.form = form
    outFile = out
  }
}
