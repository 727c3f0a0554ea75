public import Logging
import Model
import Register
import Wire

/// Streams the log to one collector, from where it came to the last time, until its task is cancelled.
///
/// At least once, in the order of the indexes: after a lost connection what was not certain yet comes again, each entry
/// with its index. Of several servers on one database only the holder of the lease streams. At most one batch is in memory.
public struct SiemStream: Sendable {
  /// Entries read and sent at a time.
  static let batchEntries = 256

  private let settings: SiemSettings
  private let log: any LogFollowing
  private let timing: SiemTiming
  private let messages: SiemMessage
  private let logger: Logger
  private let state: SiemState

  /// A stream that `run` begins.
  public init(settings: SiemSettings, log: any LogFollowing, logger: Logger, timing: SiemTiming = SiemTiming()) {
    self.settings = settings
    self.log = log
    self.timing = timing
    self.logger = logger
    messages = SiemMessage(format: settings.format)
    state = SiemState("\(settings.host):\(settings.port)")
  }

  /// The line of `server.health`.
  func health() -> HealthCheck { state.health }

  /// Streams until the task is cancelled. The log must stay readable until it returns: the place is stored last.
  public func run() async {
    var attempt = 0
    var lastReason = ""
    while !Task.isCancelled {
      guard await log.lease(settings.name) else {
        state.note(.isAnothers)
        try? await Task.sleep(for: .milliseconds(timing.leaseMilliseconds))
        continue
      }
      let (reason, wasStable) = await connectAndFollow()
      if Task.isCancelled { return }
      state.note(.waits(reason))
      if wasStable { attempt = 0 }
      if wasStable || reason != lastReason {
        logger.warning("the stream to a collector waits", metadata: metadata.merging(["reason": "\(reason)"]) { $1 })
      }
      lastReason = reason
      let pause = timing.retry(attempt, random: .random(in: 0...1))
      attempt = min(attempt + 1, 20)
      try? await Task.sleep(for: .milliseconds(pause))
    }
  }

  private var metadata: Logger.Metadata { ["collector": "\(settings.host):\(settings.port)"] }

  /// One connection's life; tells what ended it and whether it lived long enough to count as a good one.
  private func connectAndFollow() async -> (reason: String, wasStable: Bool) {
    let connection: SiemConnection
    do {
      connection = try await SiemConnection.open(settings, timing: timing)
    } catch {
      return (Self.reason(error), false)
    }
    let begun = Tick.now()
    state.note(.streams)
    var progress = SiemProgress(timing)
    var reason = ""
    do {
      try await follow(connection, &progress)
    } catch {
      reason = Self.reason(error)
    }
    if await connection.close() { progress.allIsCertain() }
    await store(progress)
    return (reason, Tick.now().milliseconds(since: begun) > timing.graceMilliseconds)
  }

  /// The last place is stored also when the task is cancelled, which a query of its own would be too.
  private func store(_ progress: SiemProgress) async {
    let (log, settings) = (log, settings)
    await Task {
      var progress = progress
      await progress.store(log, settings)
    }.value
  }

  private func follow(_ connection: SiemConnection, _ progress: inout SiemProgress) async throws {
    try await progress.begin(log, settings)
    while !Task.isCancelled {
      guard await log.lease(settings.name) else { throw ServerFault("another server streams") }
      guard connection.isOpen else { throw connection.failure }
      var isBehind = false
      if settings.stream.hasEntries { isBehind = try await sendEntries(connection, &progress) }
      if settings.stream.hasCheckpoints, !isBehind { try await sendCheckpoint(connection, &progress) }
      progress.settle(at: .now())
      await progress.store(log, settings)
      if !isBehind { try await Task.sleep(for: .milliseconds(timing.pollMilliseconds)) }
    }
  }

  /// Sends the next entries; true where there may be more.
  private func sendEntries(_ connection: SiemConnection, _ progress: inout SiemProgress) async throws -> Bool {
    let entries = try await log.entries(after: progress.entry, limit: Self.batchEntries)
    guard let last = entries.last else { return false }
    var bytes: [UInt8] = []
    for entry in entries { bytes += try messages.frame(entry: entry.bytes, index: entry.index) }
    try await connection.send(bytes)
    progress.wrote(entry: last.index, at: .now())
    return entries.count == Self.batchEntries
  }

  /// Sends the newest checkpoint where it is newer than the last one sent.
  private func sendCheckpoint(_ connection: SiemConnection, _ progress: inout SiemProgress) async throws {
    guard let newest = try await log.newestCheckpoint(), newest.size > progress.checkpoint else { return }
    try await connection.send(messages.frame(checkpoint: newest.size, note: newest.note, at: .now()))
    progress.wrote(checkpoint: newest.size, at: .now())
  }

  /// What ended a connection, for the operator: never what was sent, and no place in a library's source.
  static func reason(_ error: any Error) -> String {
    if let fault = error as? ServerFault { return fault.description }
    if let error = error as? RegisterError { return error.code }
    let text = SafeText.forTerminal("\(error)")
    return text.firstRange(of: " at /").map { String(text[..<$0.lowerBound]) } ?? text
  }
}
