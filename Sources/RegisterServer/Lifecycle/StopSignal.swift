import Glibc

/// Waits for the signals that ask the server to stop.
enum StopSignal {
  private static var set: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    return set
  }

  /// Holds the signals back from every thread made from now on; before the first one is made.
  static func block() {
    var set = set
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Calls `body` on a thread of its own when the first signal comes; gives up the process at the second, or when
  /// stopping takes longer than it should.
  static func whenReceived(_ body: @escaping @Sendable () -> Void) {
    DetachedThread.run {
      var set = set
      var number: Int32 = 0
      sigwait(&set, &number)
      body()
      var patience = timespec(tv_sec: 4, tv_nsec: 800_000_000)
      sigtimedwait(&set, nil, &patience)
      _exit(0)
    }
  }
}

/// A thread that may block as long as it likes.
enum DetachedThread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Runs `body` on a new thread.
  static func run(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Body(body))
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, box.toOpaque())
    if code == 0 { pthread_detach(thread) } else { box.release() }
  }
}
