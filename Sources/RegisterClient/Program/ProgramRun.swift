import Glibc
import Model
import Wire

/// The program `rekisteri`, but for reading its arguments.
public enum ProgramRun {
  /// Runs the program and ends the process with its exit code.
  ///
  /// Call on the main thread, before any other thread exists, from a main that is not `async`.
  public static func start(_ options: ProgramOptions) -> Never {
    Terminal.secureProcess()
    Interrupts.block()
    Task.detached { Terminal.end(await run(options)) }
    Interrupts.watch()
  }

  /// Does what the arguments ask; the exit code. Says itself what went wrong.
  public static func run(_ options: ProgramOptions) async -> Int32 {
    let environment = environment()
    let code: Int32
    do {
      code = try await perform(options, environment)
    } catch {
      Terminal.say(words(error, language(options, environment)))
      code = ExitCode.of(error)
    }
    Terminal.restore()
    return code
  }

  /// Says that the arguments are wrong, in the parser's words; the exit code.
  public static func wrongArguments(_ reason: String) -> Int32 {
    Terminal.say(SafeText.forTerminal(reason, keepingLines: true))
    return ExitCode.usage
  }

  private static func perform(_ options: ProgramOptions, _ environment: [String: String]) async throws -> Int32 {
    let folders = UserFolders(environment: environment)
    let file = try folders.configuration.map { path throws(ClientError) in try configuration(path) }
    let sources = [options.source, ClientSettings.Source(environment: environment), file].compactMap { $0 }
    let settings = try ClientSettings(sources, environment: environment)
    if options.isHelp {
      Terminal.write(Array((ProgramHelp.text[settings.language] + "\n").utf8), to: STDOUT_FILENO)
      return ExitCode.done
    }
    guard let form = options.form else { throw ClientError.usage(ClientText.bothForms) }
    try options.checkPlaces()
    if options.words.first == "verify" { return try VerifyCommand.run(options, settings) }
    let opener = SessionOpener(settings: settings, options: options, environment: environment, folders: folders)
    switch options.words.first {
    case nil:
      var prompt = Prompt(opener: opener, form: form)
      return try await prompt.run()
    case "login":
      var login = Login(options: options, environment: environment, folders: folders, settings: settings)
      return try await login.run()
    case "logout":
      await logout(opener)
      return ExitCode.done
    case "help": return try await help(options.words.dropFirst().first, opener)
    case "log" where options.isReport: return try await report(options, opener)
    default: return try await once(options, form, opener)
    }
  }

  /// `log report`: a page from many questions.
  private static func report(_ options: ProgramOptions, _ opener: SessionOpener) async throws -> Int32 {
    guard options.words.count == 2 else { throw ClientError.usage(VerifyText.reportUsage) }
    let opened = try await opener.open()
    defer { opened.connection.close() }
    opener.say(opened.news)
    let log = try await opener.checkLog(opened)
    let line = ProgressLine()
    defer { line.end() }
    let lines = try await ReportCommand.run(
      opened.connection, server: opener.settings.endpoint?.description ?? "", user: opened.user, since: options.since,
      until: options.until, out: options.outFile, language: opener.settings.language, trust: log.trust,
      progress: { line.show($0) })
    line.end()
    for said in lines { Terminal.say(said) }
    return log.isAlarm ? ExitCode.log : ExitCode.done
  }

  /// Ends the kept session on the server, as far as it can be reached, and here.
  private static func logout(_ opener: SessionOpener) async {
    let path = opener.folders.session
    if let kept = try? KeptSession.load(path), !kept.id.isEmpty, let opened = try? await opener.resume(kept) {
      let command = Command(verb: "session.end", parameters: [Parameter(name: "id", value: kept.id)])
      // The server may close before it answers: the session that asks is the one that ends.
      _ = try? await opened.connection.run(command).collect()
      opened.connection.close()
    }
    path.map(LocalFile.remove)
    Terminal.say(ProgramText.loggedOut[opener.settings.language])
  }

  /// One command on a connection of its own.
  private static func once(_ options: ProgramOptions, _ form: OutputForm, _ opener: SessionOpener) async throws -> Int32
  {
    guard let command = Command(words: options.words) else { return ExitCode.usage }
    let opened = try await opener.open()
    let connection = opened.connection
    opener.say(opened.news)
    do {
      let log = try await opener.checkLog(opened)
      let runner = CommandRunner(
        connection: connection, language: opener.settings.language, form: form,
        readsStandardInput: !Terminal.isTerminal(STDIN_FILENO), hasCodes: opener.codes.hasSecret,
        answer: { try await opener.answer($0) }, logKeys: log.keys)
      let code = try await runner.run(command, outFile: options.outFile)
      if command.verb == "watch", code == ExitCode.done {
        // Until Ctrl-C, or the server closes.
        await EventPrinter.start(connection, language: opener.settings.language, around: { "" }).value
      }
      connection.close()
      // What the command itself has to tell comes first.
      return code == ExitCode.done && log.isAlarm ? ExitCode.log : code
    } catch {
      connection.close()
      throw error
    }
  }

  /// The verbs of the user, or one of them.
  private static func help(_ verb: String?, _ opener: SessionOpener) async throws -> Int32 {
    let language = opener.settings.language
    let connection = try await opener.open().connection
    defer { connection.close() }
    let (rows, final) = try await connection.run(Command(verb: "describe")).collect()
    guard final.status == .ok else { throw ClientError.refused(final) }
    let known = rows.compactMap { VerbHelp($0.value) }
    let lines: [String]
    if let verb {
      guard let found = known.first(where: { $0.verb == verb }) else { throw ClientError.usage(ProgramText.noVerb) }
      lines = found.lines(language: language)
    } else {
      lines = VerbHelp.list(known, width: Terminal.width(STDOUT_FILENO))
    }
    Terminal.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: STDOUT_FILENO)
    return ExitCode.done
  }

  // MARK: - Settings

  /// What a configuration file says; nothing where there is none.
  static func configuration(_ path: String) throws(ClientError) -> ClientSettings.Source {
    guard let bytes = try LocalFile.read(path, bytesMax: 65_536) else { return ClientSettings.Source() }
    return try ClientSettings.Source(configuration: String(decoding: bytes, as: UTF8.self))
  }

  /// The words for a failure.
  static func words(_ error: any Error, _ language: Language) -> String {
    switch error {
    case ClientError.refused(let final):
      ResultText.lines(final, rows: 0, language: language).joined(separator: "\n")
    case let error as ClientError: SafeText.forTerminal(error.message(language))
    case is CancellationError: RegisterError.cancelled.message[language]
    default: SafeText.forTerminal(ConnectionFailure.reason(error))
    }
  }

  /// The language for errors of the settings themselves.
  private static func language(_ options: ProgramOptions, _ environment: [String: String]) -> Language {
    let named = options.source.lang ?? environment["REKISTERI_LANG"]
    return named.flatMap { Language(rawValue: $0) } ?? ClientSettings.localeLanguage(environment)
  }

  /// The variables that this program reads.
  private static func environment() -> [String: String] {
    let own = [
      "SERVER", "SOCKET", "CA", "USER", "LANG", "PASSWORD", "OTP", "CERTIFICATE", "CERTIFICATE_KEY", "LOG_KEY",
      "WITNESS_KEY",
    ].map { "REKISTERI_" + $0 }
    let names = own + ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "LC_ALL", "LC_MESSAGES", "LANG"]
    var values: [String: String] = [:]
    for name in names {
      if let value = getenv(name) { values[name] = String(cString: value) }
    }
    return values
  }
}
