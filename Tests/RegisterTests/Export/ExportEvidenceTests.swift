import AccessLog
import Crypto
import Model
import Testing
import Wire

@testable import Register

struct ExportEvidenceTests {
  private func source(_ missing: Int64? = nil) -> ExportEvidence.Source {
    .init(
      command: "log.export", parameters: ["format": "csv"], format: "csv", origin: "example.com/log", size: 9,
      note: "note", user: Account.auli.id, at: Instant(microseconds: 0), missingBundles: missing)
  }

  @Test func linesAreDigestedWithTheirEnds() {
    var evidence = ExportEvidence()
    evidence.take(line: "header", index: nil)
    evidence.take(line: "ä", index: 4)
    evidence.take(line: "", index: 9)
    let wanted = SHA256.hash(data: Array("header\nä\n\n".utf8))
    let object = evidence.object(source())
    #expect(object["sha256"]?.string == Hex.encode(Array(wanted)))
    #expect(object["rows"] == 2)
    #expect(object["bytes"] == 11)
    #expect(object["first"] == 4)
    #expect(object["last"] == 9)
    #expect(object["by"]?.string == Account.auli.id.description)
    #expect(object["missing-bundles"] == nil)
  }

  @Test func filesAreDigestedByTheirPathsAndTheirHashes() {
    var evidence = ExportEvidence()
    evidence.take(path: "tile/0/000.p/1", data: [1, 2, 3])
    evidence.take(path: "checkpoint", data: [])
    let lines =
      "tile/0/000.p/1 039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81\n"
      + "checkpoint e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
    #expect(evidence.digest == Hex.encode(Array(SHA256.hash(data: Array(lines.utf8)))))
    #expect(evidence.bytes == 3)
    #expect(evidence.object(source(2))["missing-bundles"] == 2)
  }

  @Test func nothingExportedHasNoFirstAndNoLast() {
    let object = ExportEvidence().object(source())
    #expect(object["first"] == .null)
    #expect(object["last"] == .null)
    #expect(object["sha256"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test(arguments: [0, 1, 255, 256, 257, 511, 512, 70_000, 65_536, 65_537, 16_777_216])
  func theFilesOfALogAreAllOfThemOnce(_ size: Int64) {
    #expect(Array(LogTiles(size: size)) == TilePath.all(size: size))
  }

  @Test func theEntriesOfBundlesAreTheWholeLog() {
    let ranges = LogTiles(size: 70_000).compactMap(\.entries)
    #expect(ranges.first == 0..<256)
    #expect(ranges.last == 69_888..<70_000)
    #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
  }
}
