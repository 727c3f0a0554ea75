public import Model

/// Holds an answer until a whole number of steps have passed, so that what was done before it cannot be timed.
///
/// A refusal that took 3 ms and one that took 11 ms leave at the same time; one that took longer than a step leaves at the
/// end of the next.
public struct AnswerFloor: Sendable {
  /// The step of refused log-ins and of what is not found.
  public static let stepMilliseconds = 20

  private let begin: Tick
  private let stepNanoseconds: UInt64

  /// Begins now, or where the last line of the question came; the step is at least a millisecond.
  public init(since begin: Tick = .now(), stepMilliseconds: Int = AnswerFloor.stepMilliseconds) {
    self.begin = begin
    stepNanoseconds = UInt64(max(1, stepMilliseconds)) * 1_000_000
  }

  /// When an answer that is ready leaves.
  public func end(readyAt: Tick) -> Tick {
    let taken = readyAt.nanoseconds > begin.nanoseconds ? readyAt.nanoseconds - begin.nanoseconds : 0
    var end = begin
    end.nanoseconds &+= (taken / stepNanoseconds + 1) * stepNanoseconds
    return end
  }

  /// Waits for the end of the step that is under way; at once where the task is cancelled.
  public func wait() async {
    let now = Tick.now()
    try? await Task.sleep(for: .nanoseconds(Int64(end(readyAt: now).nanoseconds - now.nanoseconds)))
  }
}
