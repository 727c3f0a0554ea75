import Crypto
import Glibc
import Synchronization

extension KeyStore {
  /// Makes a new key store: its service keys, and no person's, in new files of mode 0600, durable on return.
  ///
  /// Throws `KeyStoreError.exists` where any of the files is there; nothing is left behind by a failure.
  public static func create(mirrors paths: [String], master: MasterKey) throws {
    guard !paths.isEmpty, Set(paths).count == paths.count else { throw KeyStoreError.mirrorsNotDistinct }
    let id = Randomness.bytes(16).withUnsafeBytes { $0.load(as: (UInt64, UInt64).self) }
    let store = StoreID(high: id.0, low: id.1)
    var slots = [Slot](repeating: Slot(), count: Int(firstPersonSlot))
    slots[0] = StoreHeader(generation: master.generation, store: store).encoded(under: master)
    for number in ServiceKey.fixed.map(\.slot) + [ServiceKey.tombstonesSlot] {
      let binding = SlotBinding(store, serviceSlot: number, number: 0)
      slots[Int(number)] = try Slot(wrapping: SymmetricKey(size: .bits256), under: master, for: binding)
    }
    var made: [String] = []
    do {
      for path in paths {
        let mirror = try MirrorFile.create(path)
        made.append(path)
        try mirror.write(slots, from: 0)
        try mirror.synchronise()
        try FileCalls.syncFolder(of: path)
      }
    } catch {
      for path in made { unlink(path) }
      throw error
    }
  }

  /// Opens a key store and repairs its mirrors: a file that is missing is made anew from the others, one that is behind is
  /// brought up to date; tombstones win over keys.
  ///
  /// - `previous`: while a rotation is under way, the other master key: either order of the two files opens, and
  ///   `rotate(to: master)` finishes it.
  ///
  /// Throws `KeyStoreError` where files are not mirrors of one store, are on a network file system, or the master key is not
  /// the store's. A mirror that may only be read is opened for reading; every allocation and destruction then fails.
  public static func open(mirrors paths: [String], master: MasterKey, previous: MasterKey? = nil) throws -> KeyStore {
    let found = try paths.map { try MirrorFile.open($0) }
    return try open(paths, found, master, previous)
  }

  static func open(
    _ paths: [String], _ found: [MirrorFile?], _ master: MasterKey, _ previous: MasterKey?
  ) throws -> KeyStore {
    let present = found.compactMap { $0 }
    guard let first = paths.first, Set(paths).count == paths.count else { throw KeyStoreError.mirrorsNotDistinct }
    guard !present.isEmpty else { throw KeyStoreError.file(path: first, errno: ENOENT) }
    for (index, mirror) in present.enumerated() {
      guard !present[..<index].contains(where: { $0.identity == mirror.identity }) else {
        throw KeyStoreError.mirrorsNotDistinct
      }
    }
    let (source, key) = try authenticate(present, [master, previous].compactMap { $0 })
    guard let header = StoreHeader(unauthenticated: try source.read(0)) else { throw KeyStoreError.wrongMasterKey }
    let other = key.generation == master.generation ? previous : master
    let masters = Masters(current: key, other: other.flatMap { $0.generation > key.generation ? $0 : nil })
    var repairs = KeyStoreRepairs()
    let mirrors = try zip(paths, found).map { path, mirror in
      if let mirror { return mirror }
      repairs.recreatedMirrors.append(path)
      return try recreate(path, from: source)
    }
    let store = try KeyStore(mirrors: mirrors, masters: masters, store: header.store)
    store.repairLog.withLock { $0 = repairs }
    try store.repairHeaders(under: key)
    try store.repairSlots()
    return store
  }

  /// The mirror with the newest header that one of the master keys wrote, and that key.
  private static func authenticate(
    _ mirrors: [MirrorFile], _ keys: [MasterKey]
  ) throws -> (source: MirrorFile, key: MasterKey) {
    var best: (source: MirrorFile, key: MasterKey)?
    var newest: UInt32 = 0
    var store: StoreID?
    for mirror in mirrors {
      let slot = try mirror.read(0)
      guard let header = StoreHeader(unauthenticated: slot) else { throw KeyStoreError.notAKeyStore(path: mirror.path) }
      if let store, store != header.store { throw KeyStoreError.differentStore(path: mirror.path) }
      store = header.store
      newest = max(newest, header.generation)
      guard let key = keys.first(where: { StoreHeader.isAuthentic(slot, under: $0) }) else { continue }
      if best.map({ key.generation > $0.key.generation }) ?? true { best = (mirror, key) }
    }
    guard let best else { throw KeyStoreError.wrongMasterKey }
    guard best.key.generation == newest else { throw KeyStoreError.masterKeySuperseded }
    return best
  }

  /// A new mirror with the contents of another: made under another name and linked when it is whole and durable.
  private static func recreate(_ path: String, from source: MirrorFile) throws -> MirrorFile {
    let suffix = Randomness.bytes(8).map { String($0, radix: 16) }.joined()
    let draft = "\(path).new-\(suffix)"
    let mirror = try MirrorFile.create(draft)
    defer { unlink(draft) }
    let end = try source.slotCount()
    var next: Int64 = 0
    while next < end {
      let range = next..<min(end, next + Int64(chunkSlots))
      let slots = try source.readRun(range)
      // Empty stretches stay holes.
      if slots.contains(where: { $0 != Slot() }) || range.upperBound == end { try mirror.write(slots, from: next) }
      next = range.upperBound
    }
    try mirror.synchronise()
    if link(draft, path) != 0 {
      let code = errno
      if code == EEXIST, let other = try MirrorFile.open(path) { return other }
      throw KeyStoreError.file(path: path, errno: code)
    }
    try FileCalls.syncFolder(of: path)
    guard let linked = try MirrorFile.open(path) else { throw KeyStoreError.file(path: path, errno: ENOENT) }
    return linked
  }
}
