import Glibc
import Synchronization

/// Ctrl-C and the signals that end a program, taken on a thread of their own.
///
/// Start before any other thread exists, since the signals must be blocked in all of them.
enum Interrupts {
  private static let handler = Mutex<(@Sendable () -> Void)?>(nil)

  /// Begins to take signals. SIGINT goes to the handler set; without one, and for SIGTERM and SIGHUP, the terminal is
  /// restored and the program ends.
  static func start() {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    let watched = set
    DetachedThread.start {
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
  }

  /// Sets what Ctrl-C does; nil ends the program.
  static func set(_ action: (@Sendable () -> Void)?) { handler.withLock { $0 = action } }
}
