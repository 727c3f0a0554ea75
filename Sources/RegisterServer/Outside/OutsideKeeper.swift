import AccessLog
import Logging
import Register

/// Brings the log's checkpoints outside of the database: into files on other storage, and before witnesses, each at its
/// own pace. Nothing that serves waits for any of it.
struct OutsideKeeper: Sendable {
  private let copies: [CheckpointCopy]
  private let witnesses: [Witness]
  private let feed: CheckpointFeed
  private let board: OutsideBoard
  private let timing: OutsideTiming

  /// A keeper that `run` begins.
  init(
    settings: OutsideSettings, log: any OutsideLogging, logger: Logger, timing: OutsideTiming = OutsideTiming()
  ) {
    var paths: [String] = []
    for path in settings.copies where !paths.contains(path) { paths.append(path) }
    let rows =
      paths.map { OutsideStatus(kind: .copy, place: $0) }
      + settings.witnesses.map { OutsideStatus(kind: .witness, place: $0.key.name) }
    copies = paths.map { CheckpointCopy(path: $0, log: log, timing: timing) }
    witnesses = settings.witnesses.map { Witness(settings: $0, log: log, timing: timing) }
    feed = CheckpointFeed(log: log, timing: timing)
    board = OutsideBoard(rows, logger: logger)
    self.timing = timing
  }

  /// How each place is doing, in the order of the settings, copies first.
  func status() -> [OutsideStatus] { board.all }

  /// The lines of `server.health`.
  func health() -> [HealthCheck] { board.all.map(\.health) }

  /// Goes on until the task is cancelled; then the newest checkpoint is kept in the files once more. Once only.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await feed.run() }
      for (index, copy) in copies.enumerated() { group.addTask { await follow(copy, index) } }
      for (index, witness) in witnesses.enumerated() { group.addTask { await follow(witness, copies.count + index) } }
    }
    // This task is cancelled, and what asks the database would be too.
    await Task { await keepLast() }.value
  }

  private func keepLast() async {
    guard let newest = try? await feed.look(), newest.checkpoint.size > 0 else { return }
    await withTaskGroup(of: Void.self) { group in
      for (index, copy) in copies.enumerated() { group.addTask { _ = await keep(newest, copy, index) } }
    }
  }

  private func follow(_ copy: CheckpointCopy, _ index: Int) async {
    var kept: KeptCheckpoint?
    var failures = 0
    while !Task.isCancelled {
      if let newest = feed.newest, newest != kept {
        let isKept = await keep(newest, copy, index)
        if isKept { kept = newest }
        failures = isKept ? 0 : failures + 1
      }
      try? await Task.sleep(for: .milliseconds(timing.pause(failures: failures)))
    }
  }

  private func keep(_ newest: KeptCheckpoint, _ copy: CheckpointCopy, _ index: Int) async -> Bool {
    do {
      board.note(index, size: try await copy.keep(newest))
      return true
    } catch {
      // What was begun when the task was cancelled is done again at the end.
      if !Task.isCancelled { board.note(index, error) }
      return false
    }
  }

  private func follow(_ witness: Witness, _ index: Int) async {
    var failures = 0
    while !Task.isCancelled {
      var pause = timing.pause(failures: 0)
      do {
        switch try await witness.cosign(feed.newest) {
        case .has(let size):
          if let size { board.note(index, size: size) }
          failures = 0
        case .isAnothers: pause = timing.leaseMilliseconds
        }
      } catch {
        failures += 1
        pause = timing.pause(failures: failures)
        if !Task.isCancelled { board.note(index, error) }
      }
      try? await Task.sleep(for: .milliseconds(pause))
    }
    await witness.close()
  }
}
