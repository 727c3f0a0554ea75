import Glibc

/// The folder of `rekisterid dev`: everything that one server keeps, and how far its making came.
struct DataFolder: Sendable {
  /// The longest path of a socket (unix(7)).
  private static let socketPathBytesMax = 107

  let path: String
  /// Whether the first start came to its end; else the register is made anew.
  let isComplete: Bool

  var keys: String { path + "/keys" }
  var mirrors: [String] { [keys + "/mirror-1", keys + "/mirror-2"] }
  var masterKey: String { path + "/master.key" }
  var logKey: String { path + "/log.key" }
  /// The checkpoints of the log, kept outside of the database.
  var checkpoints: String { path + "/checkpoints" }
  var tls: String { path + "/tls" }
  var users: String { path + "/demo-users.json" }
  var cluster: String { path + "/postgres" }
  private var begun: String { path + "/unfinished" }
  private var complete: String { path + "/complete" }

  /// The socket, where its path is short enough.
  var socket: String? {
    let socket = path + "/rekisteri.sock"
    return socket.utf8.count <= Self.socketPathBytesMax ? socket : nil
  }

  /// Opens a folder of a server, or makes one in a folder that is empty or not there. It is locked for this process.
  ///
  /// As root, PostgreSQL runs as another user, who must pass through the folder to its own; all else in it is closed.
  static func open(_ given: String) throws(ServerFault) -> DataFolder {
    try PrivateFiles.makeFolder(given, mode: geteuid() == 0 ? 0o711 : 0o700)
    guard let path = PrivateFiles.absolute(given) else { throw ServerFault("cannot find \(given)") }
    try FolderLock.take(path)
    let names = Set(PrivateFiles.names(in: path)).subtracting(["lock"])
    let folder = DataFolder(path: path, isComplete: names.contains("complete"))
    if !folder.isComplete {
      guard names.isEmpty || names.contains("unfinished") else {
        throw ServerFault("\(path) is not empty and holds no register")
      }
      try folder.begin()
    }
    try PrivateFiles.makeFolder(folder.keys)
    try PrivateFiles.makeFolder(folder.tls)
    return folder
  }

  /// A folder whose first start came to its end; nothing is locked or made.
  static func existing(_ given: String) throws(ServerFault) -> DataFolder {
    guard let path = PrivateFiles.absolute(given), PrivateFiles.exists(path + "/complete") else {
      throw ServerFault("\(given) holds no register")
    }
    return DataFolder(path: path, isComplete: true)
  }

  /// Begins anew: what an interrupted first start left is of no use, for nobody was let in yet.
  private func begin() throws(ServerFault) {
    try PrivateFiles.write("", to: begun)
    for file in [masterKey, users, logKey, LogKeyFiles(key: logKey).verifierKeys, checkpoints]
      + PrivateFiles.names(in: keys).map({ keys + "/" + $0 })
    { unlink(file) }
  }

  /// The first start came to its end.
  func finish() throws(ServerFault) {
    try PrivateFiles.write("", to: complete)
    unlink(begun)
  }

  /// Makes the place of PostgreSQL's own folder: below this one, or where its user cannot get here, elsewhere by a link.
  func makeClusterFolder(note: (String) -> Void) throws(ServerFault) {
    if PrivateFiles.absolute(cluster) != nil { return }
    unlink(cluster)
    guard geteuid() == 0, !isReachable else { return try PrivateFiles.makeFolder(cluster, mode: openMode) }
    // FNV-1a; who owns the folder is checked.
    let hash = path.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    let place = "/var/tmp/rekisteri-\(geteuid())-\(String(hash, radix: 36))"
    try PrivateFiles.makeFolder(place, mode: openMode)
    guard symlink(place, cluster) == 0 else { throw ServerFault("cannot link \(cluster): \(PrivateFiles.reason())") }
    note("PostgreSQL's user cannot reach \(path): its data are in \(place)")
  }

  private var openMode: mode_t { geteuid() == 0 ? 0o711 : 0o700 }

  /// Whether every folder on the way here lets everybody pass.
  private var isReachable: Bool {
    var current = path
    while !current.isEmpty {
      var status = stat()
      guard stat(current, &status) == 0, status.st_mode & 0o001 != 0 else { return false }
      current = current.lastIndex(of: "/").map { String(current[..<$0]) } ?? ""
    }
    return true
  }
}
