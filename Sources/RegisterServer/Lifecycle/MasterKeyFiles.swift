import Glibc
import Register
import Sealing

/// A master key in a file, with the next one beside it (`….next`) while a rotation is under way.
struct MasterKeyFiles: MasterKeySupply {
  let path: String
  let overwritesOld = true

  private var nextPath: String { path + ".next" }

  /// Opens a key store; goes on where a rotation was interrupted at any point.
  func open(mirrors: [String]) throws -> KeyStore {
    guard PrivateFiles.exists(nextPath) else {
      return try KeyStore.open(mirrors: mirrors, master: try MasterKey.load(file: path))
    }
    let next = try MasterKey.load(file: nextPath)
    do {
      // The header tells whether every key is under the next one already.
      let keys = try KeyStore.open(mirrors: mirrors, master: next)
      try retire()
      return keys
    } catch KeyStoreError.wrongMasterKey {
      return try KeyStore.open(mirrors: mirrors, master: try MasterKey.load(file: path), previous: next)
    }
  }

  func next() throws -> MasterKey? {
    if PrivateFiles.exists(nextPath) { return try MasterKey.load(file: nextPath) }
    return try MasterKey.create(file: nextPath, generation: try MasterKey.load(file: path).generation + 1)
  }

  /// Overwrites the old key and puts the next one in its place.
  func retire() throws {
    if PrivateFiles.exists(path) { try MasterKey.overwriteFile(path) }
    guard rename(nextPath, path) == 0 else {
      throw ServerFault("cannot replace \(path): \(String(cString: strerror(errno)))")
    }
  }
}

/// A master key from a systemd credential. The operator supplies the next one and removes the old one.
struct MasterKeyCredentials: MasterKeySupply {
  let name: String
  let nextName: String
  let overwritesOld = false

  func open(mirrors: [String]) throws -> KeyStore {
    let master = try MasterKey.loadCredential(name: name)
    guard let next = try next() else { return try KeyStore.open(mirrors: mirrors, master: master) }
    do {
      return try KeyStore.open(mirrors: mirrors, master: next)
    } catch KeyStoreError.wrongMasterKey {
      return try KeyStore.open(mirrors: mirrors, master: master, previous: next)
    }
  }

  func next() throws -> MasterKey? {
    do {
      return try MasterKey.loadCredential(name: nextName)
    } catch KeyStoreError.file {
      return nil
    }
  }

  /// The old credential is the operator's to remove.
  func retire() throws {}
}
