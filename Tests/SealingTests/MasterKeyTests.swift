import Glibc
import Testing

@testable import Sealing

@Suite struct MasterKeyTests {
  @Test func aKeyFileIsReadBackAndNeverReplaced() throws {
    let scratch = try Scratch()
    let path = scratch.folder + "/master"
    let made = try MasterKey.create(file: path, generation: 9)
    let read = try MasterKey.load(file: path)
    #expect(read.generation == 9)
    #expect(read.symmetric == made.symmetric)
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(throws: KeyStoreError.exists(path: path)) { try MasterKey.create(file: path) }
  }

  @Test func aFileThatOthersMayReadIsRefused() throws {
    let scratch = try Scratch()
    let path = scratch.folder + "/master"
    _ = try MasterKey.create(file: path)
    for mode: mode_t in [0o640, 0o604, 0o620, 0o610, 0o666] {
      chmod(path, mode)
      #expect(throws: KeyStoreError.unsafeFile(path: path)) { try MasterKey.load(file: path) }
    }
    chmod(path, 0o400)
    #expect(throws: Never.self) { try MasterKey.load(file: path) }
  }

  @Test func aLinkAFolderAndNothingAreRefused() throws {
    let scratch = try Scratch()
    let path = scratch.folder + "/master"
    let link = scratch.folder + "/link"
    _ = try MasterKey.create(file: path)
    symlink(path, link)
    #expect(throws: KeyStoreError.unsafeFile(path: link)) { try MasterKey.load(file: link) }
    #expect(throws: KeyStoreError.unsafeFile(path: scratch.folder)) { try MasterKey.load(file: scratch.folder) }
    let none = scratch.folder + "/none"
    #expect(throws: KeyStoreError.file(path: none, errno: ENOENT)) { try MasterKey.load(file: none) }
  }

  @Test func onlyTheExactFormIsAKeyFile() {
    let text = String(decoding: MasterKey(generation: 12).encoded(), as: UTF8.self)
    #expect(MasterKey(encoded: Array(text.utf8))?.generation == 12)
    #expect(MasterKey(encoded: Array(text.utf8.dropLast()))?.generation == 12)
    let wrong = [
      "", "\n\n\n", text + "\n", String(text.dropLast(2)), text.uppercased(), text + "00",
      text.replacing("generation 12", with: "generation 012"), text.replacing("generation 12", with: "generation 0"),
      text.replacing("generation 12", with: "generation 4294967296"), text.replacing("key ", with: "key  "),
      text.replacing("\n", with: "\r\n"), text.replacing("key 1\n", with: "key 2\n"),
    ]
    for text in wrong { #expect(MasterKey(encoded: Array(text.utf8)) == nil, "\(text.prefix(40))") }
  }

  @Test func anOverwrittenFileIsGoneAndGoneIsNoError() throws {
    let scratch = try Scratch()
    let path = scratch.folder + "/master"
    let second = scratch.folder + "/second"
    _ = try MasterKey.create(file: path)
    // The other name shows what is left in the file itself.
    #expect(link(path, second) == 0)
    try MasterKey.overwriteFile(path)
    #expect(access(path, F_OK) != 0)
    #expect(throws: KeyStoreError.malformedMasterKey(path: second)) { try MasterKey.load(file: second) }
    #expect(throws: Never.self) { try MasterKey.overwriteFile(path) }
  }

  @Test func credentialNamesStayInTheirFolder() {
    for name in ["", ".", "..", "../passwd", "a/b"] {
      #expect(throws: KeyStoreError.self) { try MasterKey.loadCredential(name: name) }
    }
  }
}
