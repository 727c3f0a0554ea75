import Glibc
import Synchronization

/// Counts from several threads.
final class Counter: Sendable {
  private let value = Mutex(0)

  /// The next number, from 1 on.
  func next() -> Int {
    value.withLock { value in
      value += 1
      return value
    }
  }
}

extension Terminal {
  /// Ends the program at once, in order: the echo is on again, unfinished files are gone.
  static func end(_ code: Int32) -> Never {
    restore()
    PartialFile.removeAll()
    PartialFolder.removeAll()
    exit(code)
  }
}
