import AccessLog
import Glibc
import Model

extension SessionOpener {
  /// Looks whether the access log is what this client saw before, where the user may ask, and says how it came out.
  func checkLog(_ opened: Opened) async throws -> LogStanding {
    guard let endpoint = settings.endpoint else { return LogStanding() }
    let given = try LogKeys.read(settings.logKeys)
    let witnesses = try LogKeys.read(settings.witnessKeys)
    let server = endpoint.description
    let memory = folders.logs.map { LogMemory(folder: $0, server: server) }
    let watch = LogWatch(
      connection: opened.connection, memory: memory, server: server, user: opened.user, given: given,
      witnesses: witnesses, accepts: { finding, said in await accepts(finding, said) })
    let finding = try await watch.check()
    say(LogWatchLines(finding, language: settings.language, historyPath: memory?.historyPath).lines)
    var keys = given
    if keys.isEmpty, let key = finding.isAlarm ? finding.remembered?.key : finding.shown?.key { keys = [key] }
    return LogStanding(
      keys: keys + witnesses, remembered: finding.remembered?.note, isAlarm: finding.isAlarm)
  }

  /// Whether the person takes a log of a new origin: by the option, or asked at a terminal.
  private func accepts(_ finding: LogFinding, _ said: LogContinuation) async -> Bool {
    if options.acceptsLog { return true }
    guard Terminal.isTerminal(STDIN_FILENO), Terminal.isTerminal(STDERR_FILENO) else { return false }
    say(LogWatchLines(asking: finding, said, language: settings.language).lines)
    let answer = try? await ask(LogText.ask, isHidden: false)
    return answer?.filter { !$0.isWhitespace }.lowercased() == LogText.yes[settings.language]
  }

  private func say(_ lines: [LogWatchLines.Line]) {
    let isTerminal = Terminal.isTerminal(STDERR_FILENO)
    let paint = Paint(isOn: isTerminal)
    for line in lines {
      switch line.weight {
      case .quiet: if isTerminal { Terminal.say(line.text) }
      case .notice: Terminal.say(line.text)
      case .warning: Terminal.say(paint("! \(line.text)", .warning))
      case .alarm: Terminal.say(paint("!! \(line.text)", .alarm))
      }
    }
  }
}
