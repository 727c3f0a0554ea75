import AccessLog
import Crypto
import Model
import Testing
import Wire

@testable import Custody
@testable import Register

@Suite struct LogExportTests {
  private func fill(_ register: TestRegister, _ count: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<count {
        group.addTask { _ = try await register.custody.recordEvent(verb: "test.fill", outcome: .ok) }
      }
      try await group.waitForAll()
    }
  }

  private func evidence(_ answer: Answered) throws -> JSONObject {
    try #require(answer.object["evidence"]?.object, "\(answer.code)")
  }

  @Test func linesComeInBatchesThatAreInTheLogBeforeThem() async throws {
    try await withRegister { register in
      for _ in 0..<13 { try await fill(register, 100) }
      for format in LogTextFormat.allCases {
        let answer = try await register.run(.auli, "log.export format=\(format.rawValue)")
        #expect(answer.code == "done")
        let evidence = try evidence(answer)
        let lines = answer.rows.compactMap { $0["text"]?.string }
        let digest = SHA256.hash(data: Array(lines.map { $0 + "\n" }.joined().utf8))
        #expect(evidence["sha256"]?.string == Hex.encode(Array(digest)))
        let indexes = answer.rows.compactMap { $0["index"]?.int }
        #expect(indexes == Array(0..<(evidence["size"]?.int ?? -1)))
        #expect(indexes.count > 1300)
        let entries = try await register.entries(of: answer)
        #expect(entries.map { Int($0.rows) }.reduce(0, +) == indexes.count)
        #expect(entries.count >= 3)
        #expect(entries.allSatisfy { $0.verb == "log.export" && $0.rows <= UInt32(LogWalk.batchRows) })
      }
    }
  }

  @Test func theEvidenceNamesTheEmployeeByIdAndTheCheckpointCoversTheRows() async throws {
    try await withRegister { register in
      let answer = try await register.run(.auli, "log.export format=csv user=auli outcome=ok")
      let evidence = try evidence(answer)
      #expect(evidence["by"]?.string == Account.auli.id.description)
      #expect(evidence["parameters"]?["user"]?.string == Account.auli.id.description)
      #expect(JSON.object(evidence).description.contains("auli") == false)
      let note = try #require(evidence["checkpoint"]?.string)
      let signed = try SignedNote(note)
      #expect(try signed.verify([register.custody.logTree.verifierKey]).count == 1)
      let checkpoint = try Checkpoint(signed.text)
      #expect(checkpoint.size == evidence["size"]?.int)
      #expect(evidence["last"]?.int ?? 0 < checkpoint.size)
    }
  }

  @Test func anAnswerWithoutRowsHasItsHeaderAndItsEntry() async throws {
    try await withRegister { register in
      let answer = try await register.run(.auli, "log.export format=csv verb=no.such.verb")
      #expect(answer.rows.count == 1)
      #expect(answer.rows.first?["index"] == .null)
      #expect(answer.rows.first?["text"]?.string == LogTextFormat.csv.header)
      let evidence = try evidence(answer)
      #expect(evidence["rows"] == 0)
      #expect(evidence["first"] == .null)
      #expect(try await register.entries(of: answer).map(\.rows) == [0])
    }
  }

  @Test(arguments: ["ndjson", "tiles"])
  func aRevocationEndsAnExportBetweenItsBatches(_ format: String) async throws {
    try await withRegister { register in
      for _ in 0..<60 { try await fill(register, 100) }
      let port = FakePort(onRow: { count in
        guard count == 10 else { return }
        let revoked = try await register.run(.ada, "role.revoke user=auli role=auditor")
        #expect(revoked.code == "done")
      })
      let answer = try await register.run(.auli, "log.export format=\(format)", port: port)
      #expect(answer.code == "denied/role")
      #expect(answer.object["evidence"] == nil)
      #expect(answer.rows.count == (format == "tiles" ? LogTileExport.batchFiles : LogWalk.batchRows))
    }
  }

  @Test func tilesAreEveryFileOfTheLogAndFitItsCheckpoint() async throws {
    try await withRegister { register in
      for _ in 0..<8 { try await fill(register, 100) }
      for size in ["", " size=256", " size=300", " size=1", " size=0"] {
        let answer = try await register.run(.auli, "log.export format=tiles\(size)")
        #expect(answer.code == "done")
        var files: [String: [UInt8]] = [:]
        for row in answer.rows {
          files[try #require(row["path"]?.string)] = try #require(row["data"]?.string.flatMap { Base64.decode($0) })
        }
        let note = try SignedNote(String(decoding: try #require(files["checkpoint"]), as: UTF8.self))
        let checkpoint = try Checkpoint(note.text)
        #expect(try note.verify([register.custody.logTree.verifierKey]).count == 1)
        let paths = TilePath.all(size: checkpoint.size)
        #expect(Set(files.keys) == Set(paths.map(\.description) + ["checkpoint"]))
        let entries = try paths.filter { $0.kind == .entries }.flatMap {
          try EntryBundle.split(try #require(files[$0.description]))
        }
        #expect(Int64(entries.count) == checkpoint.size)
        var edge = TreeEdge()
        for entry in entries { edge.append(TreeHash.leaf(entry)) }
        #expect(edge.root == checkpoint.root)
        #expect(answer.object["missing-bundles"] == 0)
        #expect(answer.object["rows"]?.int == Int64(files.count))
      }
    }
  }

  @Test func filtersDoNotGoWithTilesAndSizesBeyondTheLogAreRefused() async throws {
    try await withRegister { register in
      let lines = [
        (" format=tiles verb=auth", "invalid/verb"), (" format=tiles since=2026-01-01", "invalid/since"),
        (" format=csv size=100000000", "invalid/size"), (" format=tiles size=-1", "invalid/size"),
        (" format=xml", "invalid/format"), ("", "invalid/format"),
      ]
      for (parameters, code) in lines {
        let answer = try await register.run(.auli, "log.export\(parameters)")
        #expect(answer.code == code)
        #expect(answer.rows.isEmpty)
      }
    }
  }

  @Test func nobodyButAnAuditorExports() async throws {
    try await withRegister { register in
      for role in JobRole.allCases where role != .auditor {
        let answer = try await register.run(Account.of(role), "log.export format=tiles")
        #expect(answer.code == "denied/role")
        #expect(answer.rows.isEmpty)
      }
    }
  }
}
