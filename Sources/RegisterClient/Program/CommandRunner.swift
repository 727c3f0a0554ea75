import AccessLog
import Glibc
import Model
import Wire

/// Runs one command on a connection and shows what comes.
struct CommandRunner: Sendable {
  let connection: RegisterConnection
  let language: Language
  let form: OutputForm
  /// Whether `policy.set` may have its text from the standard input.
  let readsStandardInput: Bool
  /// Whether one-time passwords come from a file, so that nobody is there to type one.
  let hasCodes: Bool
  let answer: RunningCommand.Answer?
  /// The keys of the access log and of its witnesses, as far as they are known; an export is verified with them.
  var logKeys: [VerifierKey] = []

  /// Runs a command to its end and gives the exit code. `file=` is taken out of it where it takes a file.
  func run(_ typed: Command, outFile: String?) async throws -> Int32 {
    if typed.verb == LogExport.verb, form == .table || outFile != nil {
      return try await LogExport(
        connection: connection, language: language, isPlain: form == .json, keys: logKeys, answer: answer
      ).run(typed, place: outFile)
    }
    var command = typed
    let input = try takeInput(&command)
    let enrolment = enrolment(command)
    let isPictured = form == .table && outFile == nil
    var sink = try OutputSink(form: form, file: outFile, language: language)
    do {
      let running = try connection.run(command, input: input, answer: answering(enrolment))
      let interruption = Interruption(running)
      Interrupts.set { interruption.happened() }
      defer { Interrupts.set(nil) }
      let final = try await show(running, &sink, enrolment, isPictured: isPictured)
      sink.endProgress()
      // What a refused command had shown by then is kept from a file: it would look complete.
      if final.status == .ok { try sink.finish() } else { try sink.finishRefused() }
      say(final, sink, outFile)
      return ExitCode.of(final)
    } catch {
      sink.endProgress()
      sink.abandon()
      throw error
    }
  }

  /// Shows what comes; an enrolment in words and pictures where `isPictured`, else as rows.
  private func show(
    _ running: RunningCommand, _ sink: inout OutputSink, _ enrolment: Enrolment?, isPictured: Bool
  ) async throws -> CommandResult {
    for try await element in running {
      switch element {
      case .row(let row):
        do {
          if !isPictured { enrolment?.note(row.value) }
          if isPictured, let lines = enrolment?.lines(row.value) {
            try sink.lines(lines)
          } else {
            try sink.row(row)
          }
        } catch {
          running.cancel()
          throw error
        }
      case .progress(let value): sink.progress(ResultText.progress(value, language: language))
      case .final(let final): return final
      }
    }
    throw ClientError.closed
  }

  private func say(_ final: CommandResult, _ sink: OutputSink, _ outFile: String?) {
    if form == .json {
      Terminal.say(SafeText.forTerminal(final.line))
    } else {
      for line in ResultText.lines(final, rows: sink.rowCount, language: language) { Terminal.say(line) }
    }
    if !sink.lateColumns.isEmpty {
      let names = sink.lateColumns.map { ValueText.oneLine($0) }.joined(separator: ", ")
      Terminal.say("\(ProgramText.lateColumns[language]) \(names)")
    }
    if let outFile, final.status == .ok {
      let count = "\(sink.rowCount) \(ProgramText.rows[language])"
      Terminal.say("\(ProgramText.written[language]) \(ValueText.oneLine(outFile)) (\(count))")
    }
  }

  // MARK: - One-time passwords

  private func enrolment(_ command: Command) -> Enrolment? {
    guard command.verb == Enrolment.verb else { return nil }
    return Enrolment(
      language: language, isTerminal: Terminal.isTerminal(STDOUT_FILENO), width: Terminal.width(STDOUT_FILENO) ?? 80)
  }

  /// Answers for a script the code of a secret that was just shown to it; all else as usual.
  private func answering(_ enrolment: Enrolment?) -> RunningCommand.Answer? {
    guard let enrolment, hasCodes, let answer else { return answer }
    return { need in
      if need["for"]?.string == "new", let code = enrolment.code() { return ["otp": .string(code)] }
      return try await answer(need)
    }
  }

  // MARK: - Input

  /// Verbs that take rows from the client; only these have `file=` taken away.
  static func takesInput(_ verb: String) -> Bool {
    if verb == "policy.set" { return true }
    let name = verb.split(separator: ".").last ?? ""
    return name == "import" || name.hasPrefix("import-")
  }

  private func takeInput(_ command: inout Command) throws(ClientError) -> BulkInput? {
    guard Self.takesInput(command.verb) else { return nil }
    let path: String
    if let file = command.take("file") {
      path = file
    } else if command.verb != "policy.set" {
      throw .usage(ClientText.inputNeeded)
    } else if command["text"] != nil || command["approval"] != nil || !readsStandardInput {
      return nil
    } else {
      path = "/dev/stdin"
    }
    guard let bytes = try LocalFile.read(path, bytesMax: Limits.importBytesMax) else { throw LocalFile.missing(path) }
    _ = try FileEncoding(of: bytes)
    return BulkInput(bytes, form: BulkInput.form(command["format"]))
  }
}

/// Ctrl-C while a command runs: the first cancels the command, the second ends the program.
final class Interruption: Sendable {
  private let running: RunningCommand
  private let count = Counter()

  init(_ running: RunningCommand) { self.running = running }

  func happened() {
    if count.next() == 1 {
      running.cancel()
    } else {
      Terminal.end(ExitCode.cancelled)
    }
  }
}
