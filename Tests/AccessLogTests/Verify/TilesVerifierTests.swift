import AccessLog
import Testing

@Suite struct TilesVerifierTests {
  @Test(arguments: [0, 1, 2, 255, 256, 257, 512, 700]) func aGoodLogIsGood(size: Int) throws {
    let log = try TestLog(size: size)
    var seen: [Int64] = []
    let report = try log.verifier().verify { done, all in
      seen.append(done)
      #expect(all == Int64(size))
    }
    #expect(report.isGood && report.firstBad == nil && !report.stoppedEarly)
    #expect(report.leaves == Int64(size) && report.entriesChecked == Int64(size))
    #expect(report.signers == [log.signer.verifierKey])
    #expect(seen.last ?? 0 == Int64(size))
    var hashesOnly = log.verifier()
    hashesOnly.level = .hashesOnly
    #expect(try hashesOnly.verify().entriesChecked == 0)
    #expect(try hashesOnly.verify().isGood)
  }

  @Test func aLogOfSeventyThousandIsGoodAndOneChangedByteIsFound() throws {
    var log = try TestLog(size: 70_000)
    #expect(try log.verify().isGood)
    log.files["tile/1/000"]?[32 * 200] ^= 1
    var report = try log.verify()
    #expect(report.firstBad == 51_200)
    #expect(report.problems.count == 1 && report.problems[0].hasPrefix("tile/1/000: "))
    log.files["tile/1/000"]?[32 * 200] ^= 1
    log.files["tile/2/000.p/1"]?[0] ^= 1
    report = try log.verify()
    #expect(report.firstBad == 0)
    #expect(report.problems.count == 1 && report.problems[0].hasPrefix("tile/2/000.p/1: "))
    log.files["tile/2/000.p/1"]?[0] ^= 1
    log.files["tile/1/001.p/17"]?[32 * 16 + 31] ^= 1
    report = try log.verify()
    #expect(report.firstBad == 69_632)
    #expect(report.problems.count == 1)
  }

  @Test func oneChangedEntryIsNamed() throws {
    let good = try TestLog(size: 600)
    for index in [0, 3, 255, 256, 511, 599] {
      var log = good
      log.entries[index] += [7]
      let first = index / 256 * 256
      let end = min(first + 256, 600)
      let path = TilePath(kind: .entries, index: Int64(index / 256), width: end - first)
      log.files[path.description] = TestLog.bundle(log.entries[first..<end])
      let report = try log.verify()
      #expect(report.firstBad == Int64(index))
      #expect(report.problems.count == 1)
      #expect(report.problems.first?.hasPrefix("\(path): entry \(index) ") == true)
    }
  }

  @Test func oneChangedHashIsNamedAtEachLevel() throws {
    let good = try TestLog(size: 600)
    for (path, slot, first) in [
      ("tile/0/000", 0, 0), ("tile/0/000", 77, 77), ("tile/0/001", 255, 511), ("tile/0/002.p/88", 87, 599),
      ("tile/1/000.p/2", 0, 0), ("tile/1/000.p/2", 1, 256),
    ] {
      var log = good
      log.files[path]?[32 * slot + 5] ^= 0x10
      let report = try log.verify()
      #expect(report.firstBad == Int64(first), "\(path)")
      #expect(report.problems.count == 1, "\(report.problems)")
      #expect(report.problems.first?.contains(path) == true)
      var hashesOnly = log.verifier()
      hashesOnly.level = .hashesOnly
      let shallow = try hashesOnly.verify()
      #expect(!shallow.isGood && shallow.firstBad.map { $0 <= Int64(first) } == true)
    }
  }

  @Test func anEntryChangedWithItsHashIsFoundAtTheTileAbove() throws {
    var log = try TestLog(size: 600)
    let other = Array("another".utf8)
    var hashes = Array(log.leaves[256..<512])
    log.entries[300] = other
    hashes[44] = .leaf(other)
    log.files["tile/entries/001"] = TestLog.bundle(log.entries[256..<512])
    log.files["tile/0/001"] = Tile(level: 0, index: 1, hashes: hashes).bytes
    var report = try log.verify()
    #expect(report.firstBad == 256 && report.problems.count == 1)
    // With the tile above rewritten as well, only the signature is left to contradict.
    let roots = [Tile(level: 0, index: 0, hashes: Array(log.leaves[..<256])), Tile(level: 0, index: 1, hashes: hashes)]
    log.files["tile/1/000.p/2"] = Tile(level: 1, index: 0, hashes: roots.map(\.root)).bytes
    report = try log.verify()
    #expect(report.firstBad == 0 && report.problems.count == 1)
    #expect(report.problems.first?.hasPrefix("checkpoint: ") == true)
  }

  @Test func everyMissingFileIsNamed() throws {
    let good = try TestLog(size: 600)
    for path in TilePath.all(size: 600) {
      var log = good
      log.files[path.description] = nil
      let report = try log.verify()
      #expect(report.problems == ["\(path): missing (first bad index \(path.firstEntry))"])
      #expect(report.firstBad == path.firstEntry)
    }
    var bare = good
    bare.files = bare.files.filter { $0.key == "checkpoint" }
    #expect(try bare.verify().problems.count == TilePath.all(size: 600).count)
  }

  @Test func missingEntriesAreCountedWhereThatIsAllowed() throws {
    var log = try TestLog(size: 1400)
    for path in ["000", "001", "004"] { log.files["tile/entries/\(path)"] = nil }
    var verifier = log.verifier()
    verifier.allowsMissingEntries = true
    let report = try verifier.verify()
    #expect(report.isGood)
    #expect(report.missingBundles == 3)
    #expect(report.missingEntries == [0..<512, 1024..<1280])
    #expect(report.entriesChecked == 1400 - 3 * 256)
    log.files["tile/entries/005.p/120"]?[2] ^= 1
    let files = log.files
    var second = TilesVerifier(keys: [log.signer.verifierKey]) { files[$0] }
    second.allowsMissingEntries = true
    #expect(try second.verify().firstBad == 1280)
  }

  @Test func bundlesThatEndEarlyGoOnOrAreSwappedAreFound() throws {
    let good = try TestLog(size: 600)
    var log = good
    log.files["tile/entries/001"]?.removeLast()
    #expect(try log.verify().firstBad == 511)
    log.files["tile/entries/001"] = TestLog.bundle(log.entries[256..<400])
    #expect(try log.verify().firstBad == 400)
    log.files["tile/entries/001"] = []
    #expect(try log.verify().firstBad == 256)
    log.files["tile/entries/001"] = TestLog.bundle(log.entries[256..<513])
    #expect(try log.verify().firstBad == 512)
    log.files["tile/entries/001"] = TestLog.bundle(log.entries[256..<512]) + [0]
    #expect(try log.verify().firstBad == 512)
    log = good
    log.files["tile/entries/000"] = good.files["tile/entries/001"]
    log.files["tile/entries/001"] = good.files["tile/entries/000"]
    #expect(try log.verify().firstBad == 0)
    #expect(try log.verify().problems.count == 2)
    log = good
    log.entries.swapAt(10, 20)
    log.files["tile/entries/000"] = TestLog.bundle(log.entries[..<256])
    #expect(try log.verify().firstBad == 10)
    log = good
    log.entries.remove(at: 30)
    log.files["tile/entries/000"] = TestLog.bundle(log.entries[..<256])
    #expect(try log.verify().firstBad == 30)
  }

  @Test func aWrongWidthIsRefused() throws {
    let good = try TestLog(size: 600)
    for (path, first) in [("tile/0/000", 0), ("tile/0/002.p/88", 512), ("tile/1/000.p/2", 0)] {
      for change in [-32, -1, 1, 32] {
        var log = good
        let bytes = try #require(log.files[path])
        log.files[path] = change < 0 ? bytes.dropLast(-change) : bytes + [UInt8](repeating: 1, count: change)
        let report = try log.verify()
        #expect(report.firstBad == Int64(first))
        #expect(report.problems.first?.hasPrefix("\(path): has ") == true)
      }
    }
  }

  @Test func aLogThatHasGrownStillProvesItsOlderCheckpoint() throws {
    var log = try TestLog(size: 1024)
    log.files = [:]
    try log.write(size: 600)
    let stale = log.files["checkpoint"]
    log.files = [:]
    try log.write(size: 1024)
    log.files["checkpoint"] = stale
    let path = "tile/1/000.p/2"
    #expect(try log.verify().problems == ["\(path): missing (first bad index 0)"])
    log.files[path] = Array(try #require(log.files["tile/1/000.p/4"]).prefix(64))
    let report = try log.verify()
    #expect(report.isGood && report.checkpoint.size == 600 && report.entriesChecked == 600)
    log.files["tile/0/002"]?[32 * 10] ^= 1
    #expect(try log.verify().firstBad == 522)
  }

  @Test func aCheckpointOfAnotherTreeOrKeyIsRefused() throws {
    var log = try TestLog(size: 300)
    let foreign = try #require(NoteSigner.generate(name: log.signer.name))
    #expect(throws: NoteFault.self) { try log.verifier([foreign.verifierKey]).verify() }
    #expect(throws: NoteFault.self) { try log.verifier([]).verify() }
    #expect(try log.verifier([foreign.verifierKey, log.signer.verifierKey]).verify().signers.count == 1)
    let note = try #require(log.files["checkpoint"])
    var other = log
    other.files["checkpoint"] = Array(
      log.signer.sign(Checkpoint(origin: "x", size: 300, root: .leaf([1])).text).utf8)
    #expect(try other.verify().firstBad == 0)
    log.files["checkpoint"] = nil
    #expect(throws: NoteFault.self) { try log.verify() }
    log.files["checkpoint"] = [0xFF] + note
    #expect(throws: NoteFault.self) { try log.verify() }
    log.files["checkpoint"] = note.map { $0 == UInt8(ascii: "3") ? UInt8(ascii: "4") : $0 }
    #expect(throws: NoteFault.self) { try log.verify() }
  }

  @Test func aVastClaimedSizeWithoutFilesEndsSoon() throws {
    var log = try TestLog(size: 1)
    log.files = [
      "checkpoint": Array(
        log.signer.sign(Checkpoint(origin: "x", size: .max, root: .leaf([1])).text).utf8)
    ]
    var verifier = log.verifier()
    verifier.allowsMissingEntries = true
    let report = try verifier.verify()
    #expect(report.stoppedEarly && report.firstBad == 0)
    #expect((100...110).contains(report.problems.count))
  }

  @Test func anyDamageToAnyFileIsFound() throws {
    var generator = Seeded(state: 51)
    let good = try TestLog(size: 600)
    let paths = good.files.keys.sorted()
    for _ in 0..<400 {
      var log = good
      let path = try #require(paths.randomElement(using: &generator))
      let damaged = Fuzz.mutate(try #require(good.files[path]), &generator)
      guard damaged != good.files[path] else { continue }
      log.files[path] = damaged
      let report = try? log.verify()
      #expect(report?.isGood != true, "\(path)")
      #expect(report == nil ? path == "checkpoint" : report?.firstBad != nil)
    }
  }

  @Test func whatTheReaderThrowsEndsTheVerification() throws {
    let log = try TestLog(size: 300)
    let files = log.files
    struct Broken: Error {}
    let verifier = TilesVerifier(keys: [log.signer.verifierKey]) { path in
      if path == "tile/0/001.p/44" { throw Broken() }
      return files[path]
    }
    #expect(throws: Broken.self) { try verifier.verify() }
  }
}
