/// How long a stream to a collector waits for what.
public struct SiemTiming: Sendable, Equatable {
  /// Between two looks at the log where nothing is new.
  public var pollMilliseconds = 500
  /// For the first attempt after a connection was lost; each further one waits twice as long.
  public var retryMilliseconds = 500
  /// The longest wait between two attempts.
  public var retryMillisecondsMax = 30_000
  /// While another server streams.
  public var leaseMilliseconds = 2000
  /// For the collector to accept a connection.
  public var connectMilliseconds = 3000
  /// For the collector's acknowledgement of what was sent, before its kernel counts as gone (TCP_USER_TIMEOUT).
  public var acknowledgeMilliseconds = 10_000
  /// For a collector that takes nothing.
  public var writeMilliseconds = 30_000
  /// How long a connection must live after a write until the write counts; more than `acknowledgeMilliseconds`.
  public var graceMilliseconds = 15_000
  /// For the collector's goodbye.
  public var goodbyeMilliseconds = 1000

  /// What a server uses.
  public init() {}

  /// How long to wait before an attempt, the first being 0: doubled each time, up to the longest, less a random part of up
  /// to a quarter so that servers do not come all at once.
  func retry(_ attempt: Int, random: Double) -> Int {
    let doubled = attempt < 20 ? retryMilliseconds << attempt : retryMillisecondsMax
    let whole = min(retryMillisecondsMax, doubled)
    return whole - Int(Double(whole) * 0.25 * min(1, max(0, random)))
  }
}
