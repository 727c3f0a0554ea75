import Glibc
import Synchronization
import Wire

/// A line on a terminal that says how far something is, at most ten times a second.
final class ProgressLine: Sendable {
  private struct State {
    var shownAt: Int64 = 0
    var isShown = false
  }

  private let isOn = Terminal.isTerminal(STDERR_FILENO)
  private let state = Mutex(State())

  /// Shows how much of the whole is done.
  func show(_ done: Int64, of total: Int64) {
    guard isOn, isDue() else { return }
    let share = total > 0 ? Int(min(1, max(0, Double(done) / Double(total))) * 100) : 100
    write("\(done)/\(total) (\(share) %)")
  }

  /// Shows what is being done.
  func show(_ text: String) {
    guard isOn, isDue() else { return }
    write(ValueText.oneLine(text))
  }

  /// Takes the line away.
  func end() {
    let wasShown = state.withLock { state in
      defer { state.isShown = false }
      return state.isShown
    }
    if wasShown { Terminal.write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO) }
  }

  private func isDue() -> Bool {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let now = Int64(time.tv_sec) * 10 + Int64(time.tv_nsec) / 100_000_000
    return state.withLock { state in
      guard now != state.shownAt else { return false }
      state.shownAt = now
      state.isShown = true
      return true
    }
  }

  private func write(_ text: String) {
    let width = Terminal.width(STDERR_FILENO) ?? 80
    Terminal.write(Array("\r\u{1B}[K\(DisplayWidth.truncate(text, to: width - 1))".utf8), to: STDERR_FILENO)
  }
}
