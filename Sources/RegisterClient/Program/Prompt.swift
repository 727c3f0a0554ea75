import Glibc
import Model
import Synchronization
import Wire

/// The interactive prompt: a line, its answer, and so on until `quit` or the end of the input.
///
/// Where the input is no terminal its lines are run without prompting, and the first one that fails ends the run.
struct Prompt {
  let opener: SessionOpener
  let form: OutputForm
  private let language: Language
  private let isTerminal = Terminal.isTerminal(STDIN_FILENO)
  private var opened: SessionOpener.Opened?
  private var log = LogStanding()
  /// Whether the log was not to be believed in any session of the run.
  private var wasAlarmed = false
  private var verbs: [VerbHelp]?
  private var history = CommandHistory()
  private let isWaiting = PromptState()

  fileprivate static let sign = "rekisteri> "

  init(opener: SessionOpener, form: OutputForm) {
    self.opener = opener
    self.form = form
    language = opener.settings.language
  }

  /// Runs until the end; the exit code.
  mutating func run() async throws -> Int32 {
    let session = try await session()
    let user = ValueText.oneLine(session.user)
    if isTerminal { Terminal.say(ProgramText.welcome[language].replacing("%", with: user)) }
    while let line = await nextLine() {
      let code = await answer(line)
      guard let code else { break }
      if !isTerminal, code != ExitCode.done {
        await opened?.connection.quit()
        return code
      }
    }
    await opened?.connection.quit()
    return wasAlarmed ? ExitCode.log : ExitCode.done
  }

  private func nextLine() async -> String? {
    guard isTerminal else { return await Terminal.blocking { Swift.readLine() } }
    Terminal.write(Array(Self.sign.utf8), to: STDERR_FILENO)
    Interrupts.set { Terminal.write(Array("\n\(Self.sign)".utf8), to: STDERR_FILENO) }
    defer { Interrupts.set(nil) }
    isWaiting.set(true)
    let line = await Terminal.blocking { Swift.readLine() }
    isWaiting.set(false)
    if line == nil { Terminal.say("") }
    return line
  }

  /// Answers a line; nil to leave.
  private mutating func answer(_ line: String) async -> Int32? {
    do {
      guard let typed = try PromptLine(line, form: form) else { return ExitCode.done }
      switch typed.command.verb {
      case "quit", "exit": return nil
      case "help", "?": try await help(typed.command.parameters.first?.name)
      case "history": for line in history.lines { Terminal.say(line) }
      default: return try await run(typed)
      }
      return ExitCode.done
    } catch {
      Terminal.say(ProgramRun.words(error, language))
      return ExitCode.of(error)
    }
  }

  private mutating func run(_ typed: PromptLine) async throws -> Int32 {
    let connection = try await session().connection
    let help = await verbs(connection).first { $0.verb == typed.command.verb }
    history.add(typed.command, help: help)
    let runner = CommandRunner(
      connection: connection, language: language, form: typed.form, readsStandardInput: false,
      hasCodes: opener.codes.hasSecret, answer: { [opener] in try await opener.answer($0) }, logKeys: log.keys)
    return try await runner.run(typed.command, outFile: typed.outFile)
  }

  /// The connection, a new one where the last one ended.
  private mutating func session() async throws -> SessionOpener.Opened {
    if let opened, !opened.connection.isClosed { return opened }
    let isFirst = opened == nil
    if !isFirst { Terminal.say(ProgramText.again[language]) }
    let new = try await opener.open()
    opened = new
    if isFirst { opener.say(new.news) }
    log = try await opener.checkLog(new)
    wasAlarmed = wasAlarmed || log.isAlarm
    let isWaiting = isWaiting
    // Ends with the connection.
    _ = EventPrinter.start(new.connection, language: language, around: { isWaiting.isSet ? Self.sign : "" })
    return new
  }

  private mutating func verbs(_ connection: RegisterConnection) async -> [VerbHelp] {
    if let verbs { return verbs }
    let rows = try? await connection.run(Command(verb: "describe")).collect().rows
    let described = (rows ?? []).compactMap { VerbHelp($0.value) }
    if rows != nil { verbs = described }
    return described
  }

  private mutating func help(_ verb: String?) async throws {
    if verb == nil { Terminal.say(ProgramText.promptHelp[language]) }
    let known = await verbs(try await session().connection)
    guard let verb else {
      Terminal.say("")
      for line in VerbHelp.list(known, width: Terminal.width(STDERR_FILENO)) { Terminal.say(line) }
      return
    }
    guard let found = known.first(where: { $0.verb == verb }) else {
      throw ClientError.usage(ProgramText.noVerb)
    }
    for line in found.lines(language: language) { Terminal.say(line) }
  }
}

/// Whether the prompt waits for a line, so that what is said meanwhile puts its sign back.
private final class PromptState: Sendable {
  private let value = Mutex(false)

  var isSet: Bool { value.withLock { $0 } }

  func set(_ new: Bool) { value.withLock { $0 = new } }
}
