import AccessLog
import Glibc
import Model
import Testing
import Wire

@testable import RegisterClient

@Suite(.timeLimit(.minutes(2)))
struct LogWatchTests {
  private let folder: TestFolder
  private let log: LogSample

  init() throws {
    folder = try TestFolder()
    log = try LogSample(size: 40)
  }

  private var memory: LogMemory { LogMemory(folder: folder.path, server: "log.example:7625") }

  /// A server that shows a log of a size, and answers as told where it is asked otherwise.
  private func server(
    _ log: LogSample, _ size: Int, mayAsk: Bool = true, seen: Seen = Seen(), _ special: [String: [String]] = [:]
  ) -> ScriptedServer {
    ScriptedServer { verb, line in
      seen.add(line)
      if line.contains("cosigned"), let lines = special["\(verb) cosigned"] { return lines }
      if let lines = special[verb] { return lines }
      switch verb {
      case "describe": return (mayAsk ? [#"* {"verb":"log.checkpoint"}"#] : []) + ["OK done {}"]
      case "log.checkpoint": return ["* \(log.checkpointRow(size))", "OK done {}"]
      case "log.consistency":
        let from = line.split(separator: "from=").last?.prefix { $0.isNumber }
        let number = from.flatMap { Int($0) } ?? 0
        return ["* \(log.consistencyRow(number, size))", "OK done {}"]
      default: return nil
      }
    }
  }

  private func check(
    _ server: ScriptedServer, given: [VerifierKey] = [], witnesses: [VerifierKey] = [], accepts: Bool = false,
    user: String = "aino"
  ) async throws -> LogFinding {
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    defer { connection.close() }
    let watch = LogWatch(
      connection: connection, memory: memory, server: "log.example:7625", user: user, given: given,
      witnesses: witnesses, accepts: { _, _ in accepts })
    return try await watch.check()
  }

  private func said(_ finding: LogFinding, _ language: Language = .english) -> [LogWatchLines.Line] {
    LogWatchLines(finding, language: language, historyPath: memory.historyPath).lines
  }

  /// Remembers the log at a size.
  private func see(_ size: Int) async throws {
    #expect(try await check(server(log, size)).isAlarm == false)
  }

  @Test func theFirstTimeItIsRememberedAndItsKeyShown() async throws {
    let finding = try await check(server(log, 10))
    #expect(finding.state == .first)
    let remembered = try #require(try memory.load())
    #expect(remembered.checkpoint == log.checkpoint(10) && remembered.key == log.key)
    #expect(said(finding).contains { $0.text.contains(log.key.fingerprint) && $0.weight == .notice })
    var status = stat()
    #expect(stat(memory.path, &status) == 0 && status.st_mode & 0o777 == 0o600)
  }

  @Test func aLogThatGrewIsOneQuietLine() async throws {
    try await see(10)
    let seen = Seen()
    let finding = try await check(server(log, 37, seen: seen))
    #expect(finding.state == .consistent)
    #expect(seen.all.last == "3 log.consistency from=10 to=37")
    #expect(said(finding).map(\.weight) == [.quiet])
    #expect(try memory.load()?.checkpoint.size == 37)
    // The same again needs no proof.
    let again = Seen()
    #expect(try await check(server(log, 37, seen: again)).state == .consistent)
    #expect(again.all.count == 2)
  }

  @Test func aForkIsToldAndBothCheckpointsSaved() async throws {
    try await see(10)
    var entries = log.entries
    entries[4] = Array("another".utf8)
    let finding = try await check(server(LogSample(entries, signer: log.signer), 37))
    #expect(finding.state == .alarm(.forked))
    #expect(try memory.load()?.checkpoint == log.checkpoint(10))
    #expect(finding.files.count == 3)
    let notes = try finding.files.prefix(2).map {
      String(decoding: try LocalFile.read($0, bytesMax: 9999) ?? [], as: UTF8.self)
    }
    #expect(notes.first == log.note(10))
    #expect(notes.last == finding.shown?.note)
    for language in Language.allCases {
      let lines = said(finding, language)
      #expect(lines.count { $0.weight == .alarm } >= 2)
      for file in finding.files { #expect(lines.contains { $0.text.contains(file) }) }
    }
    // A second alarm never takes the first one's files.
    let second = try await check(server(LogSample(entries, signer: log.signer), 37))
    #expect(Set(second.files).isDisjoint(with: finding.files))
  }

  @Test func twoRootsOfOneSizeAreAFork() async throws {
    try await see(10)
    var entries = log.entries
    entries[4] = Array("another".utf8)
    #expect(try await check(server(LogSample(entries, signer: log.signer), 10)).state == .alarm(.forked))
  }

  @Test func aDatabasePutBackIsTold() async throws {
    try await see(30)
    let finding = try await check(server(log, 10))
    #expect(finding.state == .alarm(.rolledBack))
    #expect(finding.files.count == 2)
    #expect(said(finding).contains { $0.text.contains("10") && $0.text.contains("30") && $0.weight == .alarm })
    #expect(try memory.load()?.checkpoint.size == 30)
  }

  @Test func anotherKeyIsToldUnlessItWasGiven() async throws {
    try await see(10)
    let signer = try #require(NoteSigner.generate(name: log.origin))
    let other = LogSample(log.entries, signer: signer)
    let finding = try await check(server(other, 37))
    #expect(finding.state == .alarm(.otherKey(other.key)))
    #expect(said(finding).contains { $0.text.contains(other.key.fingerprint) })
    #expect(try memory.load()?.key == log.key)
    #expect(try await check(server(other, 37), given: [other.key]).state == .consistent)
    #expect(try memory.load()?.key == other.key)
  }

  @Test func aGivenKeyCountsTheFirstTimeToo() async throws {
    let other = try LogSample(size: 1)
    #expect(try await check(server(log, 10), given: [other.key]).state == .alarm(.otherKey(log.key)))
    #expect(try memory.load() == nil)
    let finding = try await check(server(log, 10), given: [log.key])
    #expect(finding.state == .first && finding.shown?.isTrusted == true)
  }

  @Test func badSignaturesAndNoCheckpointsAreTold() async throws {
    try await see(10)
    var row = try #require(log.checkpointRow(20).object)
    row["note"] = .string(log.note(20).replacing("\n20\n", with: "\n21\n"))
    let forged = try await check(server(log, 20, ["log.checkpoint": ["* \(JSON.object(row))", "OK done {}"]]))
    #expect(forged.state == .alarm(.badSignature("the signature of \(log.origin) is not good")))
    #expect(forged.files.count == 3)
    let empty = try await check(server(log, 20, ["log.checkpoint": ["* {}", "OK done {}"]]))
    guard case .alarm(.malformed) = empty.state else {
      Issue.record("\(empty.state)")
      return
    }
  }

  @Test(arguments: ["log.checkpoint", "log.consistency"])
  func aServerThatDoesNotProveItIsTold(_ verb: String) async throws {
    try await see(10)
    let answers = [
      [#"NO unavailable/log {"msg":"Later."}"#], ["OK done {}"], ["* {}", "* {}", "OK done {}"],
      [#"* {"hashes":["AAAA"],"note":7}"#, "OK done {}"], [#"* {"hashes":"x"}"#, "OK done {}"],
    ]
    for answer in answers {
      let finding = try await check(server(log, 20, [verb: answer]))
      #expect(finding.isAlarm, "\(answer)")
      #expect(try memory.load()?.checkpoint.size == 10)
    }
  }

  @Test func whoMayNotAskIsLeftAlone() async throws {
    let seen = Seen()
    let finding = try await check(server(log, 10, mayAsk: false, seen: seen))
    #expect(finding.state == .notAsked && said(finding).isEmpty)
    #expect(seen.all == ["1 describe verb=log.checkpoint"])
    try await see(10)
    #expect(try await check(server(log, 10, mayAsk: false), user: "maija").state == .notAsked)
    #expect(try await check(server(log, 10, mayAsk: false)).state == .noLonger)
  }

  @Test func aDamagedMemoryIsNotTakenForNone() async throws {
    try await see(10)
    let text = String(decoding: try #require(try LocalFile.read(memory.path, bytesMax: 9999)), as: UTF8.self)
    try LocalFile.write(text.replacing("\\n10\\n", with: "\\n11\\n"), to: memory.path)
    let finding = try await check(server(log, 20))
    #expect(finding.state == .alarm(.unusableMemory(.log(LogText.damaged(memory.path)))))
    #expect(finding.isAlarm)
  }

  @Test func moreThatAnotherRunSawIsKept() async throws {
    try await see(30)
    let older = RememberedLog(
      server: "log.example:7625", user: "aino", key: log.key, note: log.note(20), checkpoint: log.checkpoint(20))
    try memory.save(older)
    #expect(try memory.load()?.checkpoint.size == 30)
  }

  @Test func cosignaturesOfKnownWitnessesAreShown() async throws {
    let witness = try #require(NoteSigner.generate(name: "witness.example"))
    let stranger = try #require(NoteSigner.generate(name: "stranger.example"))
    let line = try #require(witness.sign(log.checkpoint(10).text).split(separator: "\n").last)
    var row = try #require(log.checkpointRow(10).object)
    row["note"] = .string(log.note(10) + line + "\n")
    let answer = ["log.checkpoint": ["* \(JSON.object(row))", "OK done {}"]]
    let finding = try await check(server(log, 10, answer), witnesses: [witness.verifierKey, stranger.verifierKey])
    #expect(finding.cosigners.map(\.name) == ["witness.example"])
    #expect(said(finding).contains { $0.text.contains("witness.example") })
    let none = try await check(server(log, 10), witnesses: [stranger.verifierKey])
    #expect(none.cosigners.isEmpty && said(none).contains { $0.weight == .warning })
  }

  @Test func anOlderCheckpointThatAWitnessHasSeenIsProvedToBeTheBeginning() async throws {
    let witness = try #require(NoteSigner.generate(name: "witness.example"))
    let line = try #require(witness.sign(log.checkpoint(6).text).split(separator: "\n").last)
    var row = try #require(log.checkpointRow(6).object)
    row["note"] = .string(log.note(6) + line + "\n")
    var answers = [
      "log.checkpoint": ["* \(log.checkpointRow(20))", "OK done {}"],
      "log.checkpoint cosigned": ["* \(JSON.object(row))", "OK done {}"],
      "log.consistency": ["* \(log.consistencyRow(6, 20))", "OK done {}"],
    ]
    let finding = try await check(server(log, 20, answers), witnesses: [witness.verifierKey])
    #expect(finding.state == .first && finding.cosigners.map(\.name) == ["witness.example"])
    #expect(finding.cosignedSize == 6 && !said(finding).contains { $0.weight == .warning })
    // What the witness saw is not the beginning of what is shown.
    answers["log.consistency"] = ["* \(log.consistencyRow(7, 20))", "OK done {}"]
    #expect(try await check(server(log, 20, answers), witnesses: [witness.verifierKey]).isAlarm)
  }

  // MARK: - A new origin

  /// A log that goes on from one of `size` entries under another name.
  private func continued(_ size: Int, kept: Int) throws -> LogSample {
    let entry = Entry(
      at: Instant(microseconds: 1_800_000_000_000_000), user: nil, role: nil, purpose: .security,
      caseReference: "\(log.origin) \(size)", verb: "log.continue", outcome: .ok, request: .new(), epoch: 1,
      textHash: log.root(size).bytes)
    let signer = try #require(NoteSigner.generate(name: log.origin + "-2"))
    return LogSample(Array(log.entries.prefix(kept)) + [entry.encoded, Array("more".utf8)], signer: signer)
  }

  private func server(_ log: LogSample, continuedAt index: Int) throws -> ScriptedServer {
    let size = log.entries.count
    let proof: JSON = [
      "index": .int(Int64(index)), "proof": .string(try log.proof(index, size: size)),
      "entry": .string(Base64.encode(log.entries[index])),
    ]
    return server(
      log, size,
      [
        "log.find": ["* {\"index\":\(index)}", "OK done {}"], "log.prove": ["* \(proof)", "OK done {}"],
      ])
  }

  @Test func aNewOriginIsTakenWhereThePersonTakesIt() async throws {
    try await see(30)
    let new = try continued(35, kept: 12)
    let refused = try await check(try server(new, continuedAt: 12))
    #expect(refused.state == .alarm(.otherOrigin(.acknowledged(35))))
    #expect(try memory.load()?.checkpoint == log.checkpoint(30))
    #expect(said(refused).contains { $0.text.contains("--accept-log") })
    let taken = try await check(try server(new, continuedAt: 12), accepts: true)
    #expect(taken.state == .accepted(.acknowledged(35)))
    #expect(try memory.load()?.checkpoint.origin == new.origin)
    let history = String(decoding: try #require(try LocalFile.read(memory.historyPath, bytesMax: 9999)), as: UTF8.self)
    #expect(RememberedLog(text: history)?.checkpoint == log.checkpoint(30))
    #expect(try await check(try server(new, continuedAt: 12)).state == .consistent)
  }

  @Test func aNewOriginThatForgetsWhatWasSeenIsToldSo() async throws {
    try await see(30)
    let short = try await check(try server(try continued(20, kept: 12), continuedAt: 12))
    #expect(short.state == .alarm(.otherOrigin(.short(20))))
    let other = try LogSample(size: 9, origin: "other.example/log")
    #expect(try await check(server(other, 9)).state == .alarm(.otherOrigin(.unsaid)))
    // An entry that only says so is not believed without its proof.
    let new = try continued(35, kept: 12)
    let unproved = try await check(try server(new, continuedAt: 13))
    #expect(unproved.state == .alarm(.otherOrigin(.unsaid)))
  }
}
