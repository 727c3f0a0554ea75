import Glibc
import Model

/// A private PostgreSQL in a directory: made when first started, reached through a socket in a directory of mode 0700,
/// never over the network.
///
/// As root its processes run as an unprivileged user, and the directory must be reachable for that user. They are in a
/// session of their own, so a terminal's interrupt does not reach them; a killed program leaves them running, and the
/// next `start` ends them and starts anew. A lock on the directory refuses a second program.
public actor Cluster {
  static let port = 5432

  /// The directory that holds everything: `data`, `log`, `socket`, `lock`.
  public nonisolated let directory: String
  /// The directory of the socket.
  public nonisolated let socketDirectory: String
  /// How it is set.
  public nonisolated let settings: ClusterSettings
  private let account: UserAccount?
  private var postmaster: Postmaster?
  private var lock: Int32 = -1

  /// A cluster in a directory, which is made where it is not there; nothing runs yet.
  public init(directory: String, settings: ClusterSettings = ClusterSettings()) throws(ClusterError) {
    let names = settings.unprivilegedUser.map { [$0] } ?? ["postgres", "nobody"]
    account = geteuid() == 0 ? names.lazy.compactMap { UserAccount($0) }.first : nil
    if geteuid() == 0, account == nil { throw ClusterError("there is no user \(names.joined(separator: " or "))") }
    if !Files.exists(directory), mkdir(directory, 0o711) != 0 {
      throw ClusterError("cannot make \(directory): \(Files.reason())")
    }
    guard let absolute = Files.absolute(directory) else {
      throw ClusterError("cannot find \(directory): \(Files.reason())")
    }
    self.directory = absolute
    self.settings = settings
    socketDirectory = Self.socketDirectory(for: absolute)
  }

  /// A socket's whole path has at most 107 bytes (unix(7)), so a long one goes elsewhere.
  private static func socketDirectory(for directory: String) -> String {
    let inside = directory + "/socket"
    guard inside.utf8.count + "/.s.PGSQL.5432".utf8.count > 100 else { return inside }
    // FNV-1a; the name need only differ, for who owns the directory is checked.
    let hash = directory.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return "/tmp/postgres-\(geteuid())-\(String(hash, radix: 36))"
  }

  private var data: String { directory + "/data" }

  /// The process id of the server's main process while it runs.
  public var processID: Int32? { postmaster?.pid }

  /// A connection string for libpq.
  public nonisolated func connectionString(database: String = "postgres", user: String? = nil) -> String {
    func quoted(_ value: String) -> String {
      "'" + value.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
    return "host=\(quoted(socketDirectory)) port=\(Self.port) dbname=\(quoted(database))"
      + " user=\(quoted(user ?? settings.superuser))"
  }

  /// Makes the cluster where it is not there, ends what runs on it, starts it and waits until it answers.
  public func start() async throws(ClusterError) {
    guard postmaster == nil else { return }
    try takeLock()
    do {
      try await startLocked()
    } catch {
      releaseLock()
      throw error
    }
  }

  /// Stops it within five seconds; sessions are ended.
  public func stop() async {
    guard let running = postmaster else { return releaseLock() }
    postmaster = nil
    _ = await running.stop()
    releaseLock()
  }

  private func startLocked() async throws(ClusterError) {
    let version = Files.read(data + "/PG_VERSION").map { String($0.prefix { $0.isNumber }) }
    guard let binaries = settings.binariesDirectory ?? Self.binariesDirectory(version: version) else {
      throw ClusterError("PostgreSQL\(version.map { " " + $0 } ?? "") is not installed: found no postgres and initdb")
    }
    if version == nil { try await initialize(binaries) }
    guard let data = Files.absolute(data) else { throw ClusterError("cannot find \(data): \(Files.reason())") }
    if let leftover = Postmaster.running(on: data), await !leftover.stop() {
      throw ClusterError("an earlier PostgreSQL (process \(leftover.pid)) does not stop")
    }
    try await Postmaster.clearRemains(of: data)
    // What a killed postmaster left names a process that is gone, or by now a stranger; our own lock keeps others out.
    for name in Files.names(in: socketDirectory) where name.hasPrefix(".s.PGSQL.") {
      unlink(socketDirectory + "/" + name)
    }
    try configure()
    let pid = try Processes.spawn([binaries + "/postgres", "-D", data], as: account, output: directory + "/start.log")
    try await waitUntilReady(pid, data)
  }

  private func initialize(_ binaries: String) async throws(ClusterError) {
    let fresh = directory + "/data.new"
    Files.removeTree(fresh)
    try Files.makePrivateDirectory(fresh, owner: account)
    let log = directory + "/initdb.log"
    let status = try await Processes.run(
      [
        binaries + "/initdb", "--pgdata", fresh, "--username", settings.superuser, "--auth", "trust",
        "--encoding", "UTF8", "--locale", "C", "--data-checksums", "--no-instructions",
      ], as: account, output: log, seconds: 120)
    guard status == 0 else { throw ClusterError("initdb failed: \(Self.end(of: log))") }
    guard rename(fresh, data) == 0 else { throw ClusterError("cannot make \(data): \(Files.reason())") }
  }

  private func configure() throws(ClusterError) {
    try Files.makePrivateDirectory(socketDirectory, owner: account)
    try Files.makePrivateDirectory(directory + "/log", owner: account)
    let file = settings.file(socketDirectory: socketDirectory, logDirectory: directory + "/log")
    try Files.write(file, to: data + "/postgresql.conf", owner: account)
    // The socket's directory keeps everybody else out.
    let rules = "local all all trust\nlocal replication all trust\n"
    try Files.write(rules, to: data + "/pg_hba.conf", owner: account)
  }

  private func waitUntilReady(_ pid: pid_t, _ data: String) async throws(ClusterError) {
    let deadline = Tick.now().adding(milliseconds: settings.startTimeoutSeconds * 1000)
    while Tick.now() < deadline {
      if let running = Postmaster.running(on: data), running.pid == pid, running.isReady {
        postmaster = running
        return
      }
      if Processes.reap(pid) != nil {
        throw ClusterError("PostgreSQL does not start: \(Self.end(of: directory + "/start.log"))")
      }
      if Task.isCancelled { break }
      try? await Task.sleep(nanoseconds: 10_000_000)
    }
    _ = await Postmaster(pid: pid, isReady: false).stop()
    throw ClusterError("PostgreSQL did not become ready within \(settings.startTimeoutSeconds) s")
  }

  private static func end(of log: String) -> String {
    let lines = (Files.read(log) ?? "").split(separator: "\n").suffix(3)
    return lines.isEmpty ? "see \(log)" : lines.joined(separator: "; ")
  }

  private func takeLock() throws(ClusterError) {
    let descriptor = open(directory + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw ClusterError("cannot lock \(directory): \(Files.reason())") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw ClusterError("\(directory) is in use by another program")
    }
    lock = descriptor
  }

  private func releaseLock() {
    if lock >= 0 { close(lock) }
    lock = -1
  }
}
