import Glibc
import Synchronization

/// The terminal that the program runs in, and the process's own safety.
enum Terminal {
  /// Whether a file descriptor is a terminal.
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// The terminal's width in columns; nil where it is none or does not say.
  static func width(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard isTerminal(descriptor), ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Keeps memory out of core dumps, and broken pipes from ending the process.
  static func secureProcess() {
    // One byte: too small for a file, and the only limit that Linux keeps for dumps into a pipe too (core(5) handlers).
    var one = rlimit(rlim_cur: 1, rlim_max: 1)
    _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &one)
    _ = signal(SIGPIPE, SIG_IGN)
  }

  /// Writes all bytes; false where the other end is gone or the disk is full.
  @discardableResult
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count < 0, errno == EINTR || errno == EAGAIN {
        continue
      } else {
        return false
      }
    }
    return true
  }

  /// Writes a line to the standard error output.
  static func say(_ line: String) { write(Array((line + "\n").utf8), to: STDERR_FILENO) }

  // MARK: - Asking a person

  /// The settings to restore while the echo is off.
  private static let saved = Mutex<(descriptor: Int32, settings: termios)?>(nil)

  /// Turns the echo on again if it is off; safe to call at any time from any thread.
  static func restore() {
    saved.withLock { saved in
      if var now = saved { _ = tcsetattr(now.descriptor, TCSAFLUSH, &now.settings) }
      saved = nil
    }
  }

  private static func hideEcho(_ descriptor: Int32) {
    saved.withLock { saved in
      var settings = termios()
      guard tcgetattr(descriptor, &settings) == 0 else { return }
      saved = (descriptor, settings)
      settings.c_lflag &= ~tcflag_t(ECHO)
      settings.c_lflag |= tcflag_t(ECHONL)
      _ = tcsetattr(descriptor, TCSAFLUSH, &settings)
    }
  }

  /// Asks on the controlling terminal, whatever the standard streams are. Nil where there is none, or at its end.
  ///
  /// Blocks its thread. The bytes read are overwritten after use.
  static func ask(_ prompt: String, isHidden: Bool) -> String? {
    let descriptor = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { Glibc.close(descriptor) }
    // Hidden before it is asked for: what is typed early would show.
    if isHidden { hideEcho(descriptor) }
    write(Array(prompt.utf8), to: descriptor)
    defer { if isHidden { restore() } }
    return readLine(descriptor)
  }

  private static func readLine(_ descriptor: Int32) -> String? {
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer -> String? in
      guard let base = buffer.baseAddress else { return nil }
      defer { explicit_bzero(base, buffer.count) }
      var length = 0
      while length < buffer.count {
        let count = read(descriptor, base + length, 1)
        if count < 0, errno == EINTR { continue }
        guard count == 1 else { return length == 0 ? nil : text(buffer, length) }
        if buffer[length] == 0x0A { break }
        length += 1
      }
      return text(buffer, length)
    }
  }

  private static func text(_ buffer: UnsafeMutableRawBufferPointer, _ length: Int) -> String {
    String(decoding: buffer[..<length], as: UTF8.self)
  }

  /// Runs what blocks on a thread of its own.
  static func blocking<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      DetachedThread.start { continuation.resume(returning: work()) }
    }
  }
}
