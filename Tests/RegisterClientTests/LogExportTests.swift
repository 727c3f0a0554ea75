import AccessLog
import Crypto
import Glibc
import Model
import Testing
import Wire

@testable import RegisterClient

@Suite(.timeLimit(.minutes(2)))
struct LogExportTests {
  private let folder: TestFolder
  private let log: LogSample

  init() throws {
    folder = try TestFolder()
    log = try LogSample(size: 300)
  }

  private var place: String { "\(folder.path)/out" }
  private let lines = (0..<300).map { #"{"index":\#($0),"verb":"person.show"}"# }

  private func evidence(sha256: String, bytes: Int, rows: Int, format: String, note: String? = nil) -> JSON {
    [
      "command": "log.export", "parameters": ["format": .string(format)], "origin": .string(log.origin), "size": 300,
      "checkpoint": .string(note ?? log.note(300)), "first": 0, "last": 299, "rows": .int(Int64(rows)),
      "bytes": .int(Int64(bytes)), "sha256": .string(sha256), "by": "E1", "at": "2026-11-23T01:00:00.000000Z",
    ]
  }

  private func linesEvidence(_ note: String? = nil) -> JSON {
    let text = lines.map { $0 + "\n" }.joined()
    return evidence(
      sha256: Hex.encode(SHA256.hash(data: Array(text.utf8))), bytes: text.utf8.count, rows: 300, format: "ndjson",
      note: note)
  }

  private func rows() -> [String] {
    lines.enumerated().map { index, line in
      "* " + JSON.object(["index": .int(Int64(index)), "text": .string(line)]).description
    }
  }

  private func tiles(_ files: [(path: String, bytes: [UInt8])]) -> [String] {
    let rows = files.map { file in
      "* " + JSON.object(["path": .string(file.path), "data": .string(Base64.encode(file.bytes))]).description
    }
    let digest = files.map { "\($0.path) \(Hex.encode(SHA256.hash(data: $0.bytes)))\n" }.joined()
    let said = evidence(
      sha256: Hex.encode(SHA256.hash(data: Array(digest.utf8))), bytes: files.reduce(0) { $0 + $1.bytes.count },
      rows: files.count, format: "tiles")
    return rows + ["OK done \(JSON.object(["evidence": said]))"]
  }

  /// Runs an export against a server that sends these lines.
  private func export(
    _ answer: [String], format: String = "ndjson", to place: String?, keys: [VerifierKey] = []
  ) async throws -> Int32 {
    let server = ScriptedServer { verb, _ in verb == "log.export" ? answer : ["OK done {}"] }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    defer { connection.close() }
    let command = Command(verb: "log.export", parameters: [Parameter(name: "format", value: format)])
    return try await LogExport(connection: connection, language: .english, keys: keys, answer: nil)
      .run(command, place: place)
  }

  private func content(_ path: String) throws -> String {
    String(decoding: try LocalFile.read(path, bytesMax: 1 << 22) ?? [], as: UTF8.self)
  }

  // MARK: - Lines

  @Test func linesBecomeAFileWithItsEvidence() async throws {
    let code = try await export(
      rows() + ["OK done \(JSON.object(["evidence": linesEvidence()]))"], to: place, keys: [log.key])
    #expect(code == 0)
    #expect(try content(place) == lines.map { $0 + "\n" }.joined())
    #expect(folder.names == ["out", "out.evidence.json"])
    let report = try VerifyCommand(path: place, keys: [log.key]).run()
    #expect(report.isGood && report.kind == .export)
    #expect(try VerifyCommand(path: place + ".evidence.json", keys: [log.key]).run().isGood)
  }

  @Test func aChangedExportIsFound() async throws {
    _ = try await export(rows() + ["OK done \(JSON.object(["evidence": linesEvidence()]))"], to: place)
    try LocalFile.write(try content(place).replacing("\"index\":7,", with: "\"index\":8,"), to: place)
    let changed = try VerifyCommand(path: place, keys: [log.key]).run()
    #expect(changed.exitCode == 1 && changed.problems.count == 1)
    try LocalFile.write(lines.dropLast().map { $0 + "\n" }.joined(), to: place)
    let short = try VerifyCommand(path: place, keys: [log.key]).run()
    #expect(short.problems.map { $0.reason.prefix { $0 != ":" } } == ["sha256", "rows", "bytes", "last"])
    #expect(try VerifyCommand(path: place, keys: [try LogSample(size: 1).key]).run().exitCode == 1)
    try LocalFile.write("{}", to: place + ".evidence.json")
    #expect(throws: ClientError.usage(VerifyText.badEvidence)) { try VerifyCommand(path: place, keys: [log.key]).run() }
  }

  @Test func whatIsNotWhatWasSentIsNotKept() async throws {
    let final = "OK done \(JSON.object(["evidence": linesEvidence()]))"
    await #expect(throws: ClientError.log(LogExportText.changed)) {
      _ = try await export(Array(rows().dropFirst()) + [final], to: place)
    }
    let other = rows().map { $0.replacing("person.show", with: "person.find") }
    await #expect(throws: ClientError.log(LogExportText.changed)) {
      _ = try await export(other + [final], to: place)
    }
    await #expect(throws: ClientError.protocol("no evidence")) {
      _ = try await export(rows() + ["OK done {}"], to: place)
    }
    #expect(folder.names.isEmpty)
  }

  @Test func aBrokenExportLeavesNothing() async throws {
    let server = ScriptedServer { [rows = rows()] peer in
      peer.greet(credit: 5000)
      _ = peer.line()
      for row in rows.prefix(100) { peer.send("1 \(row)") }
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    let command = Command(verb: "log.export", parameters: [Parameter(name: "format", value: "ndjson")])
    let export = LogExport(connection: connection, language: .english, keys: [], answer: nil)
    await #expect(throws: ClientError.self) { _ = try await export.run(command, place: place) }
    #expect(folder.names.isEmpty)
  }

  @Test func aRefusedExportLeavesNothing() async throws {
    let code = try await export(Array(rows().prefix(9)) + ["NO denied/role {}"], to: place)
    #expect(code == ExitCode.refused && folder.names.isEmpty)
  }

  @Test(arguments: [
    #"* {"index":1,"text":"a\nb"}"#, #"* {"index":"1","text":"a"}"#, #"* {"text":"a"}"#, #"* {"index":1}"#, "* 7",
  ])
  func rowsThatAreNoLineAreRefused(_ row: String) async throws {
    await #expect(throws: ClientError.protocol("a row of an export")) {
      _ = try await export([row, "OK done {}"], to: place)
    }
    #expect(folder.names.isEmpty)
  }

  @Test func aCheckpointOfAnotherKeyIsToldByTheExitCode() async throws {
    let other = try #require(NoteSigner.generate(name: log.origin))
    let said = linesEvidence(log.note(300, by: other))
    let code = try await export(rows() + ["OK done \(JSON.object(["evidence": said]))"], to: place, keys: [log.key])
    #expect(code == ExitCode.log)
  }

  @Test(
    arguments: [
      ("csv", "12,2026-11-23T01:00:00Z,E1", 12), ("csv", "x", nil), ("ndjson", #"{"index":3}"#, 3),
      ("ndjson", "3", nil),
      ("ocsf", #"{"metadata":{"sequence":9}}"#, 9), ("cef", "CEF:0|a|b|1|log.find|x|3|rt=1 externalId=44 act=x", 44),
      ("cef", "CEF:0|a", nil), ("odd", "1", nil),
    ] as [(String, String, Int64?)])
  func theIndexOfARowIsRead(_ format: String, _ line: String, _ index: Int64?) {
    #expect(ExportDigest.index(Array(line.utf8), format: format) == index)
  }

  // MARK: - Tiles

  @Test func tilesBecomeAFolderThatVerifies() async throws {
    let code = try await export(tiles(log.files(300)), format: "tiles", to: place + "/", keys: [log.key])
    #expect(code == 0)
    #expect(folder.names == ["out", "out.evidence.json"])
    #expect(try VerifyCommand(path: place, keys: [log.key]).run().isGood)
    var status = stat()
    #expect(stat("\(place)/checkpoint", &status) == 0 && status.st_mode & 0o777 == 0o600)
  }

  @Test func tilesThatDoNotFitAreKeptAndTold() async throws {
    var files = log.files(300)
    files[0].bytes[40] ^= 1
    let code = try await export(tiles(files), format: "tiles", to: place, keys: [log.key])
    #expect(code == ExitCode.log)
    #expect(TestFolder.names(place).contains("checkpoint"))
  }

  @Test(arguments: [
    "../x", "/etc/x", "tile/0/..", "tile/0/../../../x", "tile/0/000/../x", "checkpoint/../../x", ".", "", "x",
    "tile/0/000.p/000", "tile/entries/x000/000", "tile/0/000\u{0}", "TILE/0/000", "tile/64/000", "checkpoint2",
  ])
  func hostilePathsNeverLeaveTheFolder(_ path: String) async throws {
    let files = [(path: path, bytes: [UInt8(1)])] + log.files(300)
    await #expect(throws: ClientError.log(LogExportText.badPath(path))) {
      _ = try await export(tiles(files), format: "tiles", to: place)
    }
    #expect(folder.names.isEmpty)
  }

  @Test func aFileTwiceOrTooLargeIsRefused() async throws {
    let files = log.files(300)
    for hostile in [files[0], (path: "tile/0/005", bytes: [UInt8](repeating: 0, count: 8193))] {
      await #expect(throws: ClientError.self) {
        _ = try await export(tiles(files + [hostile]), format: "tiles", to: place)
      }
      #expect(folder.names.isEmpty)
    }
  }

  @Test func aFullFolderIsLeftAlone() async throws {
    try LocalFile.write("mine", to: place + "/notes")
    await #expect(throws: ClientError.usage(LogExportText.notEmpty(place))) {
      _ = try await export(tiles(log.files(300)), format: "tiles", to: place)
    }
    #expect(TestFolder.names(place) == ["notes"] && folder.names == ["out"])
    unlink(place + "/notes")
    #expect(try await export(tiles(log.files(300)), format: "tiles", to: place, keys: [log.key]) == 0)
  }

  @Test func tilesNeedAPlace() async throws {
    await #expect(throws: ClientError.usage(LogExportText.placeNeeded)) {
      _ = try await export([], format: "tiles", to: nil)
    }
  }
}
