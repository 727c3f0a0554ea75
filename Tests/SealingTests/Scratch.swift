import Glibc
import Model

@testable @_spi(Custody) import Sealing

/// A folder for one test, removed with it, with a key store of two mirrors in it.
final class Scratch: Sendable {
  let folder: String
  let master = MasterKey(generation: 1)
  var first: String { folder + "/first.keys" }
  var second: String { folder + "/second.keys" }
  var mirrors: [String] { [first, second] }

  init(under parent: String = "/tmp") throws {
    var template = Array("\(parent)/sealing-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw KeyFault.io(errno) }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try KeyStore.create(mirrors: mirrors, master: master)
  }

  deinit {
    guard let entries = opendir(folder) else { return }
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      unlink(folder + "/" + name)
    }
    closedir(entries)
    rmdir(folder)
  }

  func open() throws -> KeyStore { try KeyStore.open(mirrors: mirrors, master: master) }

  func bytes(_ path: String, slot: Int64) throws -> [UInt8] {
    let descriptor = Glibc.open(path, O_RDONLY)
    guard descriptor >= 0 else { throw KeyFault.io(errno) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64)
    pread(descriptor, &bytes, 64, off_t(slot) * 64)
    return bytes
  }

  func overwrite(_ path: String, slot: Int64, with bytes: [UInt8]) throws {
    let descriptor = Glibc.open(path, O_WRONLY)
    guard descriptor >= 0 else { throw KeyFault.io(errno) }
    defer { close(descriptor) }
    guard pwrite(descriptor, bytes, bytes.count, off_t(slot) * 64) == bytes.count else { throw KeyFault.io(errno) }
  }
}

let mei = PersonID(high: 1, low: 2)
let aino = PersonID(high: 3, low: 4)

extension SubjectKey {
  /// Whether both are the same key: what one seals the other opens.
  func opens(_ other: SubjectKey) -> Bool {
    let context = SealContext(table: 1, row: (1, 2), person: mei, category: .identity)
    guard let sealed = try? FieldSeal.seal([1, 2, 3], under: other, context: context) else { return false }
    return (try? FieldSeal.unsealWithoutReceipt(sealed, under: self, context: context)) == [1, 2, 3]
  }
}
