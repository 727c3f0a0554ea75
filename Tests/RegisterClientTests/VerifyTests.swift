import AccessLog
import Glibc
import Model
import Testing
import Wire

@testable import RegisterClient

struct VerifyTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func verify(
    _ path: String, _ keys: [VerifierKey], entry: [UInt8]? = nil, allowsMissingEntries: Bool = false
  ) throws -> VerifyReport {
    try VerifyCommand(path: path, keys: keys, entry: entry, allowsMissingEntries: allowsMissingEntries).run()
  }

  private func write(_ text: String, _ name: String) throws -> String {
    let path = "\(folder.path)/\(name)"
    try LocalFile.write(text, to: path)
    return path
  }

  // MARK: - Folders

  @Test(arguments: [0, 1, 255, 256, 257, 700])
  func aLogAsItWasWrittenIsGood(_ size: Int) throws {
    let log = try LogSample(size: size)
    try log.write(size, to: folder.path)
    let report = try verify(folder.path, [log.key])
    #expect(report.isGood && report.exitCode == 0)
    #expect(report.json["entries-checked"]?.int == Int64(size))
    #expect(report.json["root"]?.string == log.root(size).base64)
    #expect(report.json["signers"]?.array == [.string(log.key.description)])
  }

  @Test func aChangedEntryIsNamed() throws {
    let log = try LogSample(size: 700)
    var entries = log.entries
    entries[300] = Array("entry 3OO".utf8)
    try LogSample(entries, signer: log.signer).write(700, to: folder.path)
    // The tiles and the checkpoint are the honest ones.
    for file in log.files(700) where !file.path.hasPrefix("tile/entries/") {
      try LogSample.overwrite("\(folder.path)/\(file.path)", file.bytes)
    }
    let report = try verify(folder.path, [log.key])
    #expect(report.firstBad == 300 && report.exitCode == 1)
    for language in Language.allCases {
      #expect(report.lines(language, Paint(isOn: false)).contains { $0.contains("300") })
    }
    #expect(report.json["first-bad"]?.int == 300)
  }

  @Test func aMissingTileIsNamed() throws {
    let log = try LogSample(size: 700)
    try log.write(700, to: folder.path)
    unlink("\(folder.path)/tile/0/001")
    let report = try verify(folder.path, [log.key])
    #expect(report.firstBad == 256 && !report.isGood)
    #expect(report.problems.first?.reason.hasPrefix("tile/0/001: missing") == true)
    #expect(report.problems.first?.words.fi.contains("puuttuu") == true)
  }

  @Test func missingEntriesAreAllowedWhereAskedOnly() throws {
    let log = try LogSample(size: 700)
    try log.write(700, to: folder.path)
    unlink("\(folder.path)/tile/entries/000")
    #expect(try verify(folder.path, [log.key]).firstBad == 0)
    let report = try verify(folder.path, [log.key], allowsMissingEntries: true)
    #expect(report.isGood)
    #expect(report.json["missing-bundles"]?.int == 1)
    #expect(report.json["entries-checked"]?.int == 444)
  }

  @Test func aForeignLogIsVerifiedByItsKeyOnly() throws {
    let log = try LogSample(size: 300, origin: "go.sum.example")
    let ours = try LogSample(size: 1)
    try log.write(300, to: folder.path)
    #expect(try verify(folder.path, [ours.key, log.key]).isGood)
    let report = try verify(folder.path, [ours.key])
    #expect(report.exitCode == 1)
    #expect(report.problems.map(\.reason) == ["checkpoint: none of the given keys signed the checkpoint"])
  }

  @Test func aFolderWithoutALogCannotBeRead() throws {
    #expect(throws: ClientError.usage(VerifyText.noLog)) {
      try verify(folder.path, [try LogSample(size: 1).key])
    }
  }

  @Test(arguments: ["tile/0/000.p/5", "tile/0/000.p", "tile/0", "tile", "checkpoint"])
  func linksWithinALogAreNotFollowed(_ name: String) throws {
    let log = try LogSample(size: 5)
    let real = try TestFolder()
    try log.write(5, to: folder.path)
    try log.write(5, to: real.path)
    #expect(try verify(folder.path, [log.key]).isGood)
    rename("\(folder.path)/\(name)", "\(folder.path)/old")
    symlink("\(real.path)/\(name)", "\(folder.path)/\(name)")
    let error = #expect(throws: ClientError.self) { try verify(folder.path, [log.key]) }
    guard case .file = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func aPipeInALogIsNoFile() throws {
    let log = try LogSample(size: 5)
    try log.write(5, to: folder.path)
    let path = "\(folder.path)/tile/entries/000.p/5"
    unlink(path)
    try #require(mkfifo(path, 0o600) == 0)
    #expect(throws: ClientError.file(path: path, reason: "no regular file")) { try verify(folder.path, [log.key]) }
  }

  @Test(arguments: [
    "../checkpoint", "/etc/passwd", "tile/0/..", "tile/0/../../../etc/passwd", "checkpoint/", "./checkpoint", "",
    "tile/0/000.p/256", "tile/entries/000.p/0", "tile/0/1000", "tile//000", "tile/0/x000/000",
  ])
  func onlyPathsOfTheFormatAreRead(_ name: String) {
    #expect(TilesFolder.bytesMax(name) == nil)
    #expect(throws: ClientError.file(path: name, reason: "no path of a log")) {
      try TilesFolder(path: folder.path).read(name)
    }
  }

  // MARK: - Proofs and checkpoints

  @Test func aProofStandsWithItsEntryOnly() throws {
    let log = try LogSample(size: 20)
    let path = try write(try log.proof(7, size: 20), "seven.tlog-proof")
    let plain = try verify(path, [log.key], entry: log.entries[7])
    #expect(plain.isGood && plain.json["entry-verified"]?.bool == true)
    let encoded = Array((Base64.encode(log.entries[7]) + "\n").utf8)
    #expect(try verify(path, [log.key], entry: encoded).isGood)
    #expect(try verify(path, [log.key], entry: log.entries[8]).exitCode == 1)
    let without = try verify(path, [log.key])
    #expect(!without.isGood && without.exitCode == 2 && without.json["entry-verified"]?.bool == false)
    #expect(try verify(path, [try LogSample(size: 1).key], entry: log.entries[7]).exitCode == 1)
  }

  @Test func rowsOfTheServerAreVerifiedAsTheyAre() throws {
    let log = try LogSample(size: 20)
    let prove: JSON = [
      "index": 7, "proof": .string(try log.proof(7, size: 20)), "entry": .string(Base64.encode(log.entries[7])),
    ]
    let rows = [prove, log.checkpointRow(20), log.consistencyRow(6, 20)]
    for row in rows {
      #expect(try verify(try write("\(row)\n", "row.json"), [log.key]).isGood)
    }
    let grown = try verify(try write("\(log.consistencyRow(6, 20))", "row.json"), [log.key])
    #expect(grown.kind == .consistency)
    var forked = try #require(log.consistencyRow(6, 20).object)
    forked["root-from"] = .string(log.root(5).base64)
    #expect(try verify(try write("\(JSON.object(forked))", "row.json"), [log.key]).exitCode == 1)
    #expect(throws: ClientError.usage(VerifyText.unknownFile)) {
      try verify(try write("{\"index\":1}\n", "row.json"), [log.key])
    }
  }

  @Test func aLoneCheckpointIsItsSignature() throws {
    let log = try LogSample(size: 20)
    let path = try write(log.note(20), "checkpoint")
    #expect(try verify(path, [log.key]).isGood)
    let tampered = try write(log.note(20).replacing("\n20\n", with: "\n21\n"), "tampered")
    let report = try verify(tampered, [log.key])
    #expect(report.exitCode == 1)
    #expect(report.problems.first?.words.sv.contains("inte giltig") == true)
    #expect(throws: ClientError.usage(VerifyText.unknownFile)) { try verify(try write("hello\n", "x"), [log.key]) }
  }

  @Test func keptCheckpointsMustOnlyGrow() throws {
    let log = try LogSample(size: 20)
    func kept(_ sizes: Int...) throws -> VerifyReport {
      let text = sizes.map { size in
        let note = log.note(size)
        return "@2026-11-23T01:00:00.000000Z \(note.utf8.count)\n\(note)"
      }.joined()
      return try verify(try write(text, "checkpoints"), [log.key])
    }
    #expect(try kept(3, 3, 8, 20).isGood)
    #expect(try kept(3, 20, 8).exitCode == 1)
    let cut = try write("@2026-11-23T01:00:00Z \(log.note(3).utf8.count)\n\(log.note(3))@2026 900\nabc", "cut")
    #expect(try verify(cut, [log.key]).json["checkpoints"]?.int == 1)
  }

  @Test func mutatedFilesNeverCrashAndNeverPass() throws {
    let log = try LogSample(size: 20)
    let sound = Array(try log.proof(7, size: 20).utf8)
    var seed: UInt64 = 7
    for _ in 0..<3000 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      var bytes = sound
      bytes[Int(seed >> 33) % bytes.count] ^= UInt8(truncatingIfNeeded: seed >> 24) | 1
      guard let text = String(validating: bytes, as: UTF8.self) else { continue }
      #expect(!NoteCheck(keys: [log.key], entry: log.entries[7]).proof(text).isGood)
      _ = VerifyCommand.notes(bytes)
    }
  }

  // MARK: - Words

  @Test func everyProblemIsToldInEveryLanguage() {
    for phrase in FaultWords.phrases {
      let counts = Language.allCases.map { language in phrase[language].count { $0 == "%" } }
      #expect(Set(counts).count == 1, "\(phrase.en)")
    }
    let problem = "tile/entries/000: entry 3 does not have its hash in tile/0/000, nor do 2 more of this bundle"
    #expect(
      FaultWords.of(problem + " (first bad index 3)", .swedish)
        == "tile/entries/000: posten 3 har inte sin hash i tile/0/000, och inte heller 2 andra i samma bunt "
        + "(första felaktiga index 3)")
    #expect(FaultWords.of("something else", .finnish) == "something else")
  }

  @Test func keysComeFromArgumentsAndFiles() throws {
    let (one, two) = (try LogSample(size: 1).key, try LogSample(size: 1).key)
    let path = try write("# newest first\n\(one)\n\(two)\n", "log.vkey")
    #expect(try LogKeys.read(["@\(path)", one.description]) == [one, two])
    #expect(throws: ClientError.self) { try LogKeys.read(["nonsense"]) }
    #expect(throws: ClientError.self) { try LogKeys.read(["@" + (try write("\n", "empty"))]) }
    #expect(one.fingerprint.hasPrefix("SHA256:") && one.fingerprint.utf8.count == 50)
  }

  @Test func theArgumentsOfVerifyAreChecked() throws {
    let settings = try ClientSettings([], environment: [:])
    var options = ProgramOptions()
    options.words = ["verify", folder.path]
    #expect(throws: ClientError.usage(VerifyText.noKey)) { try VerifyCommand.run(options, settings) }
    options.words = ["verify"]
    #expect(throws: ClientError.usage(VerifyText.usage)) { try VerifyCommand.run(options, settings) }
    options.words = ["log.find"]
    options.keys = ["x"]
    #expect(throws: ClientError.self) { try options.checkPlaces() }
    options.words = ["verify", "x"]
    #expect(throws: Never.self) { try options.checkPlaces() }
    options.since = "2026-11-01"
    #expect(throws: ClientError.self) { try options.checkPlaces() }
  }
}
