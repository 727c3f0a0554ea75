import Glibc

/// The signals that ask the server to stop, told to a thread that waits for them.
enum StopSignal {
  /// An eventfd (eventfd(2)) that the handler counts up: one of the few things that a handler may do.
  private static let counter = eventfd(0, Int32(EFD_CLOEXEC.rawValue))

  /// Handles the signals from now on; until `whenReceived` they are kept.
  static func install() {
    guard counter >= 0 else { return }
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in
      let before = errno
      var one: UInt64 = 1
      _ = write(StopSignal.counter, &one, MemoryLayout<UInt64>.size)
      errno = before
    }
    action.sa_flags = SA_RESTART
    sigaction(SIGTERM, &action, nil)
    sigaction(SIGINT, &action, nil)
  }

  /// Calls `body` on a thread of its own when the first signal comes; gives up the process at the second, or when
  /// stopping takes longer than it should.
  static func whenReceived(_ body: @escaping @Sendable () -> Void) {
    DetachedThread.run {
      waitForOne()
      body()
      var readable = pollfd(fd: counter, events: Int16(POLLIN), revents: 0)
      while poll(&readable, 1, 4800) < 0, errno == EINTR {}
      _exit(0)
    }
  }

  private static func waitForOne() {
    var count: UInt64 = 0
    while read(counter, &count, MemoryLayout<UInt64>.size) < 0, errno == EINTR {}
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
