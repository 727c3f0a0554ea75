import AccessLog
import Synchronization
import Testing

@testable import RegisterServer

@Suite struct OutsideWitnessTests {
  private var timing: OutsideTiming {
    var timing = OutsideTiming()
    timing.answerMilliseconds = 1000
    return timing
  }

  /// A log, an honest witness of it, and the client, while the body runs.
  private func withWitness(
    _ body: (OutsideTestLog, OutsideHonestWitness, OutsideScriptedWitness, Witness) async throws -> Void
  ) async throws {
    let log = try OutsideTestLog()
    let honest = OutsideHonestWitness(log)
    let server = OutsideScriptedWitness { honest.reply($0) }
    let port = try await server.start()
    let settings = try WitnessSettings(url: "http://127.0.0.1:\(port)/w/", key: "\(honest.cosigner.verifierKey())")
    let witness = Witness(settings: settings, log: log, timing: timing)
    do {
      try await body(log, honest, server, witness)
    } catch {
      await witness.close()
      await server.stop()
      throw error
    }
    await witness.close()
    await server.stop()
  }

  /// The problem that the next round has.
  private func problem(_ log: OutsideTestLog, _ witness: Witness, _ size: Int64) async throws -> OutsideProblem? {
    log.grow(to: max(size, try await log.newest().checkpoint.size))
    do {
      _ = try await witness.cosign(log.kept(size))
      return nil
    } catch let problem as OutsideProblem {
      return problem
    }
  }

  /// Expects the next round to have a problem, or none.
  private func expect(
    _ wanted: OutsideProblem?, _ log: OutsideTestLog, _ witness: Witness, _ size: Int64,
    at location: SourceLocation = #_sourceLocation
  ) async throws {
    let problem = try await problem(log, witness, size)
    #expect(problem == wanted, sourceLocation: location)
  }

  @Test func growingLogsAreCosignedOverOneConnection() async throws {
    try await withWitness { (log, honest, server, witness) async throws in
      #expect(try await witness.cosign(nil) == .has(nil))
      for size: Int64 in [1, 2, 3, 7, 8, 300] {
        log.grow(to: size)
        #expect(try await witness.cosign(log.kept(size)) == .has(size))
      }
      #expect(honest.size == 300)
      #expect(honest.faults.isEmpty)
      #expect(server.connections == 1)
      #expect(Set(server.requests.map(\.path)) == ["/w/add-checkpoint"])
      #expect(log.cosignatures.map(\.size) == [1, 2, 3, 7, 8, 300])
      let key = try honest.cosigner.verifierKey()
      for kept in log.cosignatures {
        #expect((kept.name, kept.keyHash) == (key.name, key.id))
        #expect(try SignedNote(log.note(kept.size) + kept.line + "\n").verify([key]) == [key])
      }
      #expect(log.positions.map(\.value) == [300])
      // What it has cosigned is not asked for again.
      #expect(try await witness.cosign(log.kept(300)) == .has(300))
      #expect(server.requests.count == 6)
    }
  }

  @Test func aForgottenOrWrongPlaceIsFoundAgain() async throws {
    try await withWitness { (log, honest, server, witness) async throws in
      log.grow(to: 100)
      honest.remember(log.checkpoint(60))
      #expect(try await witness.cosign(log.kept(100)) == .has(100))
      #expect(server.requests.map { $0.body.prefix { $0 != "\n" } } == ["old 0", "old 60"])
      // It forgot everything.
      honest.remember(Checkpoint(origin: "", size: 0, root: .ofEmptyTree))
      log.grow(to: 120)
      #expect(try await witness.cosign(log.kept(120)) == .has(120))
      // It had cosigned this one, and the answer was lost.
      honest.remember(log.checkpoint(120))
      log.grow(to: 130)
      honest.remember(log.checkpoint(130))
      #expect(try await witness.cosign(log.kept(130)) == .has(130))
      #expect(honest.faults.isEmpty)
      #expect(log.cosignatures.map(\.size) == [100, 120, 130])
    }
  }

  @Test(arguments: [
    (400, OutsideProblem.notUnderstood), (403, .unknownKey), (404, .unknownLog), (429, .status(429)),
    (500, .status(500)), (503, .status(503)),
  ])
  func aRefusalIsToldAndTriedAgain(_ status: Int, _ wanted: OutsideProblem) async throws {
    try await withWitness { (log, honest, server, witness) async throws in
      server.answer { _ in .answer(status, "no\n") }
      try await expect(wanted, log, witness, 5)
      #expect(log.cosignatures.isEmpty)
      #expect(log.positions.isEmpty)
      server.answer { honest.reply($0) }
      try await expect(nil, log, witness, 6)
      #expect(log.cosignatures.map(\.size) == [6])
    }
  }

  @Test func aRedirectionIsNotFollowed() async throws {
    try await withWitness { (log, honest, server, witness) async throws in
      let other = OutsideScriptedWitness { honest.reply($0) }
      let port = try await other.start()
      for status in [301, 302, 303, 307, 308] {
        server.answer { _ in
          .answer(status, "", headers: ["Location": "http://127.0.0.1:\(port)/add-checkpoint"])
        }
        try await expect(.status(status), log, witness, 5)
      }
      #expect(other.connections == 0)
      #expect(log.cosignatures.isEmpty)
      await other.stop()
    }
  }

  @Test func anAnswerWithoutEndOrMeasureIsGivenUp() async throws {
    try await withWitness { (log, _, server, witness) async throws in
      server.answer { _ in .endless }
      try await expect(.away("the answer is too long"), log, witness, 5)
      server.answer { _ in .answer(200, String(repeating: "x", count: HTTPPost.answerBytesMax + 1)) }
      try await expect(.away("the answer is too long"), log, witness, 5)
      server.answer { _ in .raw(Array("SSH-2.0-server\r\n\r\n".utf8)) }
      try await expect(.away("the answer is not of HTTP"), log, witness, 5)
      server.answer { _ in .raw([UInt8](repeating: 0xFF, count: 200_000)) }
      try await expect(.away("the answer is not of HTTP"), log, witness, 5)
      #expect(log.cosignatures.isEmpty)
    }
  }

  @Test func aWitnessThatSaysNothingIsGivenUp() async throws {
    try await withWitness { (log, _, server, witness) async throws in
      server.answer { _ in .silence }
      try await expect(.away("no answer within 1 s"), log, witness, 5)
      server.answer { _ in .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n\u{2014} wit".utf8)) }
      try await expect(.away("the connection ended before the answer"), log, witness, 5)
      server.answer { _ in .close }
      try await expect(.away("the connection ended before the answer"), log, witness, 5)
      await server.stop()
      guard case .away(let why) = try await problem(log, witness, 5) else { throw ServerFault("it answered") }
      #expect(why.contains("refused"))
      #expect(log.cosignatures.isEmpty)
    }
  }

  @Test func aKeptConnectionThatEndedIsReplaced() async throws {
    try await withWitness { (log, honest, server, witness) async throws in
      try await expect(nil, log, witness, 5)
      await server.hangUp()
      try await expect(nil, log, witness, 6)
      // It ends just when the next request is under way.
      let calls = Mutex(0)
      server.answer { request in
        let number = calls.withLock { calls in
          calls += 1
          return calls
        }
        return number == 1 ? .close : honest.reply(request)
      }
      try await expect(nil, log, witness, 7)
      server.answer { request in
        guard case .answer(let status, let body, _) = honest.reply(request) else { return .silence }
        return .answerAndClose(status, body)
      }
      for size: Int64 in 8...10 { #expect(try await problem(log, witness, size) == nil) }
      #expect(honest.faults.isEmpty)
      #expect(log.cosignatures.map(\.size) == [5, 6, 7, 8, 9, 10])
    }
  }

  @Test func aBadCosignatureIsNotKept() async throws {
    try await withWitness { (log, honest, server, witness) async throws in
      let (cosigner, text) = (honest.cosigner, log.checkpoint(5).text)
      let bad = try [cosigner.line(text, damage: 1), cosigner.line(log.checkpoint(4).text)].map { "\($0)\n" }
      for line in bad {
        server.answer { _ in .answer(200, line) }
        try await expect(.badCosignature, log, witness, 5)
      }
      let other = try OutsideCosigner(cosigner.name).line(text)
      server.answer { _ in .answer(200, other + "\n") }
      try await expect(.noCosignature, log, witness, 5)
      #expect(log.cosignatures.isEmpty)
      #expect(log.positions.isEmpty)
    }
  }

  @Test func aDatabaseThatWasPutBackIsTold() async throws {
    try await withWitness { (log, _, _, witness) async throws in
      try await expect(nil, log, witness, 50)
      // While the server runs, and remembers; then with all that the database remembers gone too.
      log.rewrite(40, salt: 0)
      let newest = try log.kept(40)
      await #expect(throws: OutsideProblem.rolledBack(seen: 50, has: 40)) { try await witness.cosign(newest) }
      log.setLeased(false)
      #expect(try await witness.cosign(newest) == .isAnothers)
      log.setLeased(true)
      log.forgetPositions()
      await #expect(throws: OutsideProblem.rolledBack(seen: 50, has: 40)) { try await witness.cosign(newest) }
      #expect(log.cosignatures.map(\.size) == [50])
      // Another server signed meanwhile; this one's checkpoint is only old.
      log.grow(to: 60)
      #expect(try await witness.cosign(newest) == .has(nil))
      #expect(try await witness.cosign(log.kept(60)) == .has(60))
    }
  }

  @Test func anotherLogInItsPlaceIsTold() async throws {
    try await withWitness { (log, honest, _, witness) async throws in
      try await expect(nil, log, witness, 50)
      log.rewrite(60, salt: 1)
      try await expect(.forked(50), log, witness, 60)
      // As many entries, under another root.
      honest.remember(Checkpoint(origin: "", size: 60, root: .leaf([])))
      try await expect(.forked(60), log, witness, 60)
      #expect(log.cosignatures.map(\.size) == [50])
    }
  }

  @Test func aWitnessThatContradictsItselfIsNotAskedForEver() async throws {
    try await withWitness { (log, _, server, witness) async throws in
      let calls = Mutex<Int64>(0)
      server.answer { _ in
        let number = calls.withLock { calls in
          calls += 1
          return calls
        }
        return .answer(409, "\(number % 5)\n")
      }
      try await expect(.malformed, log, witness, 9)
      #expect(server.requests.count == 2)
    }
  }

  @Test func onlyTheHolderOfTheLeaseAsks() async throws {
    try await withWitness { (log, _, server, witness) async throws in
      log.grow(to: 5)
      log.setLeased(false)
      #expect(try await witness.cosign(log.kept(5)) == .isAnothers)
      #expect(server.requests.isEmpty)
    }
  }

  @Test func httpsNeedsACertificateOfTheAuthorities() async throws {
    try await withOutsideFolder { folder in
      let certificates = DevelopmentCertificates(folder: folder)
      try certificates.prepare()
      let log = try OutsideTestLog()
      let honest = OutsideHonestWitness(log)
      let server = OutsideScriptedWitness { honest.reply($0) }
      let port = try await server.start(certificates: certificates)
      let key = "\(try honest.cosigner.verifierKey())"
      log.grow(to: 5)
      for host in ["localhost", "127.0.0.1"] {
        let settings = try WitnessSettings(
          url: "https://\(host):\(port)/", key: key, authorities: certificates.authorityFile)
        let witness = Witness(settings: settings, log: log, timing: timing)
        #expect(try await witness.cosign(log.kept(5)) == .has(5))
        await witness.close()
        log.forgetPositions()
      }
      // The system's authorities do not know it.
      let settings = try WitnessSettings(url: "https://localhost:\(port)/", key: key)
      let witness = Witness(settings: settings, log: log, timing: timing)
      log.grow(to: 6)
      let problem = try await problem(log, witness, 6)
      guard case .away(let why) = problem else { throw ServerFault("\(String(describing: problem))") }
      #expect(why.lowercased().contains("certificate"))
      #expect(log.cosignatures.map(\.size) == [5, 5])
      await witness.close()
      await server.stop()
    }
  }
}
