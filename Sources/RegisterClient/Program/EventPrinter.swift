import Glibc
import Model
import Wire

/// Says the events of a connection as they come.
enum EventPrinter {
  /// Reads the connection's events until it ends; `around` goes after each line, such as the prompt's sign.
  static func start(_ connection: RegisterConnection, language: Language, around sign: @escaping @Sendable () -> String)
    -> Task<Void, Never>
  {
    Task {
      for await event in connection.events {
        let line = EventText.line(event, language: language)
        let isTerminal = Terminal.isTerminal(STDERR_FILENO)
        let said = Paint(isOn: isTerminal)("* \(line)", .warning)
        Terminal.write(Array(((isTerminal ? "\r\u{1B}[K" : "") + said + "\n" + sign()).utf8), to: STDERR_FILENO)
      }
    }
  }
}
