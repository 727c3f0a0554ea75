import AccessLog
import Glibc
import Model
import Testing

@testable import RegisterServer

@Suite struct OutsideFileTests {
  private func bytes(_ path: String) throws -> [UInt8] { try PrivateFiles.read(path, bytesMax: 1 << 24) }

  private func overwrite(_ path: String, _ bytes: some Sequence<UInt8>) throws {
    try PrivateFiles.write("", to: path)
    let descriptor = open(path, O_WRONLY)
    defer { close(descriptor) }
    let bytes = Array(bytes)
    guard write(descriptor, bytes, bytes.count) == bytes.count else { throw ServerFault("cannot write") }
  }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test func theNewestNoteComesBack() async throws {
    try await withOutsideFolder { folder in
      let (log, file) = (try OutsideTestLog(), CheckpointFile(path: folder + "/copy"))
      #expect(try CheckpointFile.newest(file.path) == nil)
      var whole = ""
      for size: Int64 in [1, 2, 700] {
        let note = log.note(size)
        let at = Instant(microseconds: 1_700_000_000_000_000 + size)
        #expect(try file.append(note, at: at) == .kept)
        #expect(try CheckpointFile.newest(file.path) == note)
        whole += "@\(at) \(note.utf8.count)\n\(note)"
      }
      #expect(try bytes(file.path) == Array(whole.utf8))
      #expect(mode(file.path) == 0o600)
    }
  }

  @Test func theSameCheckpointIsKeptOnceUnlessASyncFailed() async throws {
    try await withOutsideFolder { folder in
      let (log, file) = (try OutsideTestLog(), CheckpointFile(path: folder + "/copy"))
      #expect(try file.append(log.note(5)) == .kept)
      let length = try bytes(file.path).count
      #expect(try file.append(log.note(5)) == .there)
      #expect(try bytes(file.path).count == length)
      #expect(try file.append(log.note(5), again: true) == .kept)
      #expect(try bytes(file.path).count == 2 * length)
    }
  }

  @Test func anOlderOrAnotherLogIsNotAdded() async throws {
    try await withOutsideFolder { folder in
      let (log, file) = (try OutsideTestLog(), CheckpointFile(path: folder + "/copy"))
      #expect(try file.append(log.note(5)) == .kept)
      let (before, kept) = (try bytes(file.path), log.checkpoint(5))
      #expect(try file.append(log.note(4)) == .conflict(kept))
      log.rewrite(5, salt: 1)
      #expect(try file.append(log.note(5)) == .conflict(kept))
      #expect(try file.append(log.note(5), again: true) == .conflict(kept))
      #expect(try bytes(file.path) == before)
      // A new origin begins anew.
      let next = try OutsideTestLog(origin: "example.com/log-2")
      #expect(try file.append(next.note(2)) == .kept)
      #expect(try CheckpointFile.newest(file.path)?.hasPrefix("example.com/log-2\n2\n") == true)
    }
  }

  @Test func whatIsNoCheckpointIsNotAdded() async throws {
    try await withOutsideFolder { folder in
      let (log, file) = (try OutsideTestLog(), CheckpointFile(path: folder + "/copy"))
      let texts = ["", "x\n", log.signer.sign("one line\n"), log.checkpoint(5).text]
      for text in texts { #expect(throws: ServerFault.self) { try file.append(text) } }
      #expect(!PrivateFiles.exists(file.path))
    }
  }

  @Test func aRecordThatWasCutShortAnywhereIsPassedOver() async throws {
    try await withOutsideFolder { folder in
      let (log, file) = (try OutsideTestLog(), CheckpointFile(path: folder + "/copy"))
      _ = try file.append(log.note(5))
      let first = try bytes(file.path)
      _ = try file.append(log.note(6))
      let both = try bytes(file.path)
      for length in 0..<both.count {
        try overwrite(file.path, both[..<length])
        let known: String? = length >= first.count ? log.note(5) : nil
        #expect(try CheckpointFile.newest(file.path) == known, "\(length)")
        #expect(try file.append(log.note(7)) == .kept)
        #expect(try CheckpointFile.newest(file.path) == log.note(7), "\(length)")
      }
      // Blocks that were given to the file and never written.
      for zeros in [1, 4096, 100_000] {
        try overwrite(file.path, first + [UInt8](repeating: 0, count: zeros))
        #expect(try CheckpointFile.newest(file.path) == log.note(5))
        #expect(try file.append(log.note(7)) == .kept)
        #expect(try CheckpointFile.newest(file.path) == log.note(7))
      }
    }
  }

  @Test func damagedFilesGiveOneOfTheirNotesOrNone() async throws {
    try await withOutsideFolder { folder in
      let (log, file) = (try OutsideTestLog(), CheckpointFile(path: folder + "/copy"))
      let notes = (1...4).map { log.note(Int64($0)) }
      for note in notes { _ = try file.append(note) }
      let whole = try bytes(file.path)
      var random = OutsideGenerator(state: 11)
      var (found, refused) = (0, 0)
      for _ in 0..<2000 {
        var damaged = Array(whole[..<Int.random(in: 0...whole.count, using: &random)])
        switch Int.random(in: 0...3, using: &random) {
        case 0:
          let torn = CheckpointRecord.bytes(notes[3], at: .now())
          damaged += [UInt8(ascii: "\n")] + torn[..<Int.random(in: 0..<torn.count, using: &random)]
        case 1: damaged += [UInt8](repeating: 0, count: Int.random(in: 0...9000, using: &random))
        case 2: damaged += Array("@\n@ \n@x 99999\n@x 0\n@x 100000\n@x -3\n@x 3\nabc".utf8)
        default: damaged.removeFirst(min(damaged.count, Int.random(in: 0...80, using: &random)))
        }
        try overwrite(file.path, damaged)
        do {
          guard let note = try CheckpointFile.newest(file.path) else { continue }
          found += 1
          #expect(notes.contains(note))
        } catch {
          refused += 1
        }
      }
      #expect(found > 500)
      #expect(refused > 10)
    }
  }

  @Test func anotherFilesContentIsRefusedAndKept() async throws {
    try await withOutsideFolder { folder in
      let (log, file) = (try OutsideTestLog(), CheckpointFile(path: folder + "/copy"))
      let text = Array("root:x:0:0:root:/root:/bin/bash\n".utf8)
      try overwrite(file.path, text)
      #expect(throws: ServerFault("\(file.path) holds no checkpoint")) { try CheckpointFile.newest(file.path) }
      #expect(throws: ServerFault.self) { try file.append(log.note(5)) }
      #expect(try bytes(file.path) == text)
    }
  }

  @Test func linksFoldersAndPipesAreRefused() async throws {
    try await withOutsideFolder { folder in
      let log = try OutsideTestLog()
      let (real, link, pipe) = (folder + "/real", folder + "/link", folder + "/pipe")
      _ = try CheckpointFile(path: real).append(log.note(5))
      let before = try bytes(real)
      #expect(symlink(real, link) == 0)
      #expect(symlink(folder + "/nothing", folder + "/dangling") == 0)
      #expect(mkfifo(pipe, 0o600) == 0)
      for path in [link, folder + "/dangling", pipe, folder, "/dev/null", "/dev/full"] {
        #expect(throws: ServerFault.self, "\(path)") { try CheckpointFile(path: path).append(log.note(6)) }
        #expect(throws: ServerFault.self, "\(path)") { try CheckpointFile.newest(path) }
      }
      #expect(throws: ServerFault.self) { try CheckpointFile(path: folder + "/no/copy").append(log.note(6)) }
      #expect(try bytes(real) == before)
      #expect(!PrivateFiles.exists(folder + "/nothing"))
    }
  }

  @Test func aLargeFileIsRenamedAndNothingIsLost() async throws {
    try await withOutsideFolder { folder in
      let log = try OutsideTestLog()
      var file = CheckpointFile(path: folder + "/copy")
      file.bytesMax = 1000
      let at = Instant(microseconds: 1_700_000_000_000_000)
      for size: Int64 in 1...30 {
        #expect(try file.append(log.note(size), at: at) == .kept)
        #expect(try CheckpointFile.newest(file.path) == log.note(size))
      }
      let names = PrivateFiles.names(in: folder).sorted()
      #expect(names.prefix(3) == ["copy", "copy.20231114221320", "copy.20231114221320-2"])
      #expect(names.count > 4)
      var notes: [String] = []
      for name in names {
        let text = String(decoding: try bytes(folder + "/" + name), as: UTF8.self)
        notes += text.split(separator: "@").map { "\($0.drop { $0 != "\n" }.dropFirst())" }
        #expect(mode(folder + "/" + name) == 0o600)
      }
      #expect(Set(notes) == Set((1...30).map { log.note($0) }))
      #expect(notes.count == 30)
    }
  }

  @Test func aRenameThatWasInterruptedIsFinished() async throws {
    try await withOutsideFolder { folder in
      let (log, file) = (try OutsideTestLog(), CheckpointFile(path: folder + "/copy"))
      _ = try CheckpointFile(path: folder + "/copy.next").append(log.note(5))
      #expect(try CheckpointFile.newest(file.path) == log.note(5))
      #expect(try file.append(log.note(4)) == .conflict(log.checkpoint(5)))
      #expect(try file.append(log.note(6)) == .kept)
      #expect(PrivateFiles.names(in: folder) == ["copy"])
      // What was begun and left before the rename is begun anew.
      try overwrite(folder + "/copy.next", Array("@x 300\nhalf".utf8))
      var small = file
      small.bytesMax = 10
      #expect(try small.append(log.note(7)) == .kept)
      #expect(try CheckpointFile.newest(file.path) == log.note(7))
      #expect(!PrivateFiles.exists(folder + "/copy.next"))
    }
  }

  @Test func severalWritersTakeTurns() async throws {
    try await withOutsideFolder { folder in
      let log = try OutsideTestLog()
      var file = CheckpointFile(path: folder + "/copy")
      file.bytesMax = 2000
      let (shared, notes) = (file, (1...60).map { log.note(Int64($0)) })
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<4 {
          group.addTask {
            for place in stride(from: writer, to: notes.count, by: 4) { _ = try shared.append(notes[place]) }
          }
        }
        try await group.waitForAll()
      }
      #expect(try CheckpointFile.newest(file.path) == notes.last)
      for name in PrivateFiles.names(in: folder) {
        var left = String(decoding: try bytes(folder + "/" + name), as: UTF8.self)[...]
        var last: Int64 = 0
        while let end = left.firstIndex(of: "\n") {
          let length = try #require(Int(left[..<end].split(separator: " ").last ?? ""))
          let rest = left.utf8[left.utf8.index(after: end)...]
          let kept = try KeptCheckpoint(try #require(String(rest.prefix(length))))
          #expect(kept.checkpoint.size > last)
          last = kept.checkpoint.size
          left = left[rest.index(rest.startIndex, offsetBy: length)...]
        }
        #expect(left.isEmpty)
      }
    }
  }

  @Test func aLockThatIsNotGivenBackIsGivenUp() async throws {
    try await withOutsideFolder { folder in
      let log = try OutsideTestLog()
      var file = CheckpointFile(path: folder + "/copy")
      file.lockMilliseconds = 50
      _ = try file.append(log.note(5))
      let descriptor = open(file.path, O_RDONLY)
      #expect(flock(descriptor, LOCK_EX) == 0)
      #expect(throws: ServerFault("cannot keep a checkpoint in \(file.path): another writer holds it")) {
        try file.append(log.note(6))
      }
      #expect(try CheckpointFile.newest(file.path) == log.note(5))
      close(descriptor)
      #expect(try file.append(log.note(6)) == .kept)
    }
  }

  @Test func aFullDiskIsToldAndTheFileGoesOnLater() async throws {
    try await withOutsideFolder { folder in
      let disk = folder + "/disk"
      #expect(mkdir(disk, 0o700) == 0)
      defer { rmdir(disk) }
      // A disk of two pages; a machine that does not let us mount one has nothing to test here.
      guard mount("tmpfs", disk, "tmpfs", 0, "size=8192") == 0 else { return }
      defer { umount2(disk, 2) }
      let (log, file) = (try OutsideTestLog(), CheckpointFile(path: disk + "/copy"))
      var size: Int64 = 0
      var reason = ""
      while reason.isEmpty, size < 100 {
        do {
          _ = try file.append(log.note(size + 1))
          size += 1
        } catch {
          reason = "\(error)"
        }
      }
      #expect(reason == "cannot keep a checkpoint in \(file.path): No space left on device")
      #expect(try CheckpointFile.newest(file.path) == log.note(size))
      #expect(mount("tmpfs", disk, "tmpfs", 32, "size=65536") == 0)
      #expect(try file.append(log.note(size + 1)) == .kept)
      #expect(try CheckpointFile.newest(file.path) == log.note(size + 1))
    }
  }
}
