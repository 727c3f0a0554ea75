import Glibc
import Synchronization

/// Ctrl-C and the signals that end a program.
///
/// The main thread takes them, and does nothing else: they are blocked in it before any other thread exists, so in all
/// threads, and no code runs inside a signal handler. An `async` main would not do: it unblocks them while it waits.
enum Interrupts {
  private static let handler = Mutex<(@Sendable () -> Void)?>(nil)

  /// Blocks the signals in this thread and in those that it starts from now on.
  static func block() {
    var set = watched
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Takes signals for ever. SIGINT goes to the handler set; without one, and for SIGTERM and SIGHUP, the terminal is
  /// restored and the program ends.
  static func watch() -> Never {
    var set = watched
    while true {
      var signal: Int32 = 0
      guard sigwait(&set, &signal) == 0 else { continue }
      if signal == SIGINT, let run = handler.withLock({ $0 }) {
        run()
      } else {
        Terminal.end(signal == SIGINT ? ExitCode.cancelled : 128 + signal)
      }
    }
  }

  /// Sets what Ctrl-C does; nil ends the program.
  static func set(_ action: (@Sendable () -> Void)?) { handler.withLock { $0 = action } }

  private static var watched: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, signal) }
    return set
  }
}
