import AccessLog
import Glibc
import Logging
import Model
import Synchronization
import Testing

@testable import RegisterServer

@Suite struct OutsideKeeperTests {
  private var timing: OutsideTiming {
    var timing = OutsideTiming()
    timing.paceMilliseconds = 10
    timing.pollMilliseconds = 10
    timing.retryMilliseconds = 10
    timing.retryMillisecondsMax = 40
    timing.leaseMilliseconds = 10
    timing.answerMilliseconds = 300
    timing.storageMilliseconds = 300
    return timing
  }

  /// Runs a keeper while the body runs.
  private func keeping(
    _ settings: OutsideSettings, _ log: OutsideTestLog, _ timing: OutsideTiming? = nil,
    _ logger: Logger = Logger(label: "test"), _ body: (OutsideKeeper) async throws -> Void
  ) async throws {
    let keeper = OutsideKeeper(settings: settings, log: log, logger: logger, timing: timing ?? self.timing)
    let task = Task { await keeper.run() }
    let outcome: Result<Void, any Error>
    do {
      outcome = .success(try await body(keeper))
    } catch {
      outcome = .failure(error)
    }
    task.cancel()
    await task.value
    try outcome.get()
  }

  /// Expects something to become true.
  private func expectSoon(at location: SourceLocation = #_sourceLocation, _ condition: () throws -> Bool) async throws {
    let isTrue = try await outsideUntil(condition)
    #expect(isTrue, sourceLocation: location)
  }

  private func newest(_ path: String) throws -> Int64? {
    try CheckpointFile(path: path).newest()?.checkpoint.size
  }

  @Test func eachFileGetsTheNewestAndTheLastOneAtTheEnd() async throws {
    try await withOutsideFolder { folder in
      let log = try OutsideTestLog()
      let settings = OutsideSettings(copies: [folder + "/a", folder + "/b", folder + "/a"])
      log.grow(to: 3)
      var slow = timing
      slow.pollMilliseconds = 60_000
      try await keeping(settings, log, slow) { (keeper) async throws in
        try await expectSoon { (try? newest(folder + "/a")) == 3 && (try? newest(folder + "/b")) == 3 }
        log.sign(9)
        try await expectSoon { (try? newest(folder + "/a")) == 9 && (try? newest(folder + "/b")) == 9 }
        #expect(keeper.status().map(\.place) == [folder + "/a", folder + "/b"])
        #expect(await outsideUntil { keeper.status().allSatisfy { $0.size == 9 && $0.problem == nil } })
        log.grow(to: 20)
      }
      #expect(try newest(folder + "/a") == 20)
      #expect(try newest(folder + "/b") == 20)
      #expect(PrivateFiles.names(in: folder).sorted() == ["a", "b"])
    }
  }

  @Test func noMoreThanOneInATimeIsWritten() async throws {
    try await withOutsideFolder { folder in
      let log = try OutsideTestLog()
      var slow = timing
      slow.paceMilliseconds = 60_000
      try await keeping(OutsideSettings(copies: [folder + "/a"]), log, slow) { (keeper) async throws in
        // The first look was before there was anything, so that all of these wait.
        try await Task.sleep(for: .milliseconds(50))
        for size: Int64 in 1...200 { log.sign(size) }
      }
      let text = String(decoding: try PrivateFiles.read(folder + "/a", bytesMax: 1 << 20), as: UTF8.self)
      #expect(text.split(separator: "@").count <= 2)
      #expect(try newest(folder + "/a") == 200)
    }
  }

  @Test func aFileThatCannotBeWrittenHoldsNothingElseUp() async throws {
    try await withOutsideFolder { folder in
      let log = try OutsideTestLog()
      let (bad, late) = (folder + "/folder", folder + "/late")
      #expect(mkdir(bad, 0o700) == 0)
      defer { rmdir(bad) }
      // What holds the lock of a file, as storage does that hangs.
      _ = try CheckpointFile(path: late).append(log.note(1))
      let descriptor = open(late, O_RDONLY)
      #expect(flock(descriptor, LOCK_EX) == 0)
      log.grow(to: 5)
      try await keeping(OutsideSettings(copies: [bad, late, folder + "/good"]), log) { (keeper) async throws in
        try await expectSoon { try newest(folder + "/good") == 5 }
        log.sign(6)
        try await expectSoon { try newest(folder + "/good") == 6 }
        #expect(await outsideUntil { keeper.status()[0].problem == .storage("\(bad) is no file") })
        #expect(await outsideUntil { keeper.status()[1].problem != nil })
        close(descriptor)
        try await expectSoon { try newest(late) == 6 }
        #expect(await outsideUntil { keeper.status()[1].problem == nil && keeper.status()[1].size == 6 })
      }
    }
  }

  @Test func aLogThatDoesNotGoOnIsToldAndLeftOut() async throws {
    try await withOutsideFolder { folder in
      let (log, path) = (try OutsideTestLog(), folder + "/a")
      log.grow(to: 50)
      let lines = Mutex<[String]>([])
      let logger = Logger(label: "test") { _ in OutsideLogLines { line in lines.withLock { $0.append(line) } } }
      try await keeping(OutsideSettings(copies: [path]), log, nil, logger) { (keeper) async throws in
        try await expectSoon { try newest(path) == 50 }
        log.rewrite(40, salt: 0)
        #expect(await outsideUntil { keeper.status()[0].problem == .rolledBack(seen: 50, has: 40) })
        // It has grown past the old end meanwhile, with other entries.
        log.rewrite(60, salt: 1)
        #expect(await outsideUntil { keeper.status()[0].problem == .forked(50) })
        log.rewrite(50, salt: 1)
        #expect(await outsideUntil { keeper.status()[0].problem == .forked(50) })
        let size = try newest(path)
        #expect(size == 50)
        log.rewrite(70, salt: 0)
        try await expectSoon { try newest(path) == 70 }
        #expect(await outsideUntil { keeper.status()[0].problem == nil })
      }
      #expect(try newest(path + ".fork") == 40)
      let told = lines.withLock { $0 }
      #expect(told.contains { $0.contains("critical") && $0.contains("50 entries, and this one has 40") })
      #expect(told.count < 10)
    }
  }

  @Test func aDatabaseThatIsAwayIsWaitedFor() async throws {
    try await withOutsideFolder { folder in
      let (log, path) = (try OutsideTestLog(), folder + "/a")
      log.grow(to: 5)
      log.setReadable(false)
      try await keeping(OutsideSettings(copies: [path]), log) { (keeper) async throws in
        try await Task.sleep(for: .milliseconds(60))
        let size = try newest(path)
        #expect(size == nil)
        log.setReadable(true)
        try await expectSoon { try newest(path) == 5 }
      }
    }
  }

  @Test func aWitnessComesAndGoes() async throws {
    let log = try OutsideTestLog()
    let honest = OutsideHonestWitness(log)
    let server = OutsideScriptedWitness { honest.reply($0) }
    let port = try await server.start()
    let dead = try WitnessSettings(
      url: "http://127.0.0.1:1/", key: "\(try OutsideCosigner("dead.example").verifierKey())")
    let settings = OutsideSettings(witnesses: [
      dead, try WitnessSettings(url: "http://127.0.0.1:\(port)/", key: "\(try honest.cosigner.verifierKey())"),
    ])
    log.grow(to: 5)
    try await keeping(settings, log) { (keeper) async throws in
      #expect(await outsideUntil { honest.size == 5 })
      #expect(await outsideUntil { keeper.status()[1].size == 5 })
      await server.stop()
      log.sign(6)
      #expect(await outsideUntil { keeper.status()[1].problem != nil })
      log.sign(30)
      _ = try await server.start(port: port)
      #expect(await outsideUntil { honest.size == 30 })
      #expect(await outsideUntil { keeper.status()[1].problem == nil && keeper.status()[1].size == 30 })
      server.answer { _ in .answer(500, "") }
      log.sign(31)
      #expect(await outsideUntil { keeper.status()[1].problem == .status(500) })
      server.answer { honest.reply($0) }
      #expect(await outsideUntil { log.cosignatures.last?.size == 31 })
      #expect(keeper.status()[0].problem != nil)
      #expect(keeper.status()[0].text.en.hasPrefix("dead.example: it does not answer: "))
      // It ends though a witness is silent.
      server.answer { _ in .silence }
      log.sign(32)
      try await Task.sleep(for: .milliseconds(30))
    }
    #expect(honest.faults.isEmpty)
    await server.stop()
  }
}

/// Gives each line of a log to the test.
private struct OutsideLogLines: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info
  let take: @Sendable (String) -> Void

  init(_ take: @escaping @Sendable (String) -> Void) { self.take = take }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    take("\(event.level) \(event.message) \(event.metadata ?? [:])")
  }
}
