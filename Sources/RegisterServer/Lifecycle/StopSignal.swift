import Glibc

/// Waits for the signals that ask the server to stop.
///
/// A handler writes to a pipe and a thread reads it. Holding the signals back with a mask would not do: the main thread of
/// a program with an asynchronous `main` lets every signal through while it waits.
enum StopSignal {
  /// The pipe's ends; set once, before any other thread is made.
  nonisolated(unsafe) private static var ends: (read: Int32, write: Int32) = (-1, -1)

  /// Takes the signals; before the first thread is made.
  static func take() {
    var pair: [Int32] = [-1, -1]
    guard pipe(&pair) == 0 else { return }
    for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    ends = (pair[0], pair[1])
    for number in [SIGTERM, SIGINT] {
      signal(number) { _ in
        let saved = errno
        var byte: UInt8 = 0
        _ = write(StopSignal.ends.write, &byte, 1)
        errno = saved
      }
    }
  }

  /// Calls `body` on a thread of its own when the first signal comes; gives up the process at the second, or when
  /// stopping takes longer than it should.
  static func whenReceived(_ body: @escaping @Sendable () -> Void) {
    DetachedThread.run {
      var byte: UInt8 = 0
      while read(ends.read, &byte, 1) < 0 && errno == EINTR {}
      body()
      var second = pollfd(fd: ends.read, events: Int16(POLLIN), revents: 0)
      _ = poll(&second, 1, 4800)
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
