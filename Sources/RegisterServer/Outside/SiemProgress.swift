import Model

/// How far a stream to a collector has come: what was sent, what of it is certain, and what of that is stored.
struct SiemProgress: Sendable {
  /// The last entry that was sent.
  private(set) var entry: Int64 = -1
  /// The size of the last checkpoint that was sent.
  private(set) var checkpoint: Int64 = -1
  private var entries: SiemWindow
  private var checkpoints: SiemWindow
  private var certain: (entry: Int64?, checkpoint: Int64?) = (nil, nil)
  private var hasBegun = false

  init(_ timing: SiemTiming) {
    entries = SiemWindow(graceMilliseconds: timing.graceMilliseconds)
    checkpoints = SiemWindow(graceMilliseconds: timing.graceMilliseconds)
  }

  /// Takes up where the last connection left off; at the log's beginning where there was none.
  mutating func begin(_ log: any LogFollowing, _ settings: SiemSettings) async throws {
    if settings.stream.hasEntries { entry = try await log.position(settings.name) ?? -1 }
    if settings.stream.hasCheckpoints { checkpoint = try await log.position(settings.checkpointName) ?? -1 }
    hasBegun = true
  }

  mutating func wrote(entry: Int64, at now: Tick) {
    self.entry = entry
    entries.wrote(entry, at: now)
  }

  mutating func wrote(checkpoint: Int64, at now: Tick) {
    self.checkpoint = checkpoint
    checkpoints.wrote(checkpoint, at: now)
  }

  /// What was sent long enough ago is certain.
  mutating func settle(at now: Tick) {
    if let entry = entries.certain(at: now) { certain.entry = entry }
    if let checkpoint = checkpoints.certain(at: now) { certain.checkpoint = checkpoint }
  }

  /// The collector has read everything.
  mutating func allIsCertain() {
    guard hasBegun else { return }
    certain = (entry, checkpoint)
  }

  /// Stores what became certain. Where that fails it comes again, no more.
  mutating func store(_ log: any LogFollowing, _ settings: SiemSettings) async {
    if settings.stream.hasEntries, let entry = certain.entry, entry >= 0 {
      if (try? await log.setPosition(settings.name, entry)) != nil { certain.entry = nil }
    }
    if settings.stream.hasCheckpoints, let checkpoint = certain.checkpoint, checkpoint >= 0 {
      if (try? await log.setPosition(settings.checkpointName, checkpoint)) != nil { certain.checkpoint = nil }
    }
  }
}
