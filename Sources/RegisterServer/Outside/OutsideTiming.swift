/// How long copies and witnesses wait for what.
struct OutsideTiming: Sendable, Equatable {
  /// Between two checkpoints for one place: each gets the newest, and no more than one in this time.
  var paceMilliseconds = 1000
  /// Between two looks into the database for checkpoints that other servers signed.
  var pollMilliseconds = 2000
  /// After the first failure; twice as long after each further one.
  var retryMilliseconds = 1000
  /// The longest wait after failures.
  var retryMillisecondsMax = 60_000
  /// While another server asks the witness.
  var leaseMilliseconds = 10_000
  /// For a witness to accept a connection.
  var connectMilliseconds = 5000
  /// For its whole answer.
  var answerMilliseconds = 20_000
  /// For storage to take a checkpoint.
  var storageMilliseconds = 10_000

  /// How long to wait after so many failures in a row: doubled each time, less a random part of up to a quarter.
  func pause(failures: Int, random: Double = .random(in: 0...1)) -> Int {
    guard failures > 0 else { return paceMilliseconds }
    let doubled = failures < 20 ? retryMilliseconds << (failures - 1) : retryMillisecondsMax
    let whole = min(retryMillisecondsMax, doubled)
    return whole - Int(Double(whole) * 0.25 * min(1, max(0, random)))
  }
}
