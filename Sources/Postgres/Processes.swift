import CPostgres
import Glibc
import Model

/// Starting and ending the server's processes.
enum Processes {
  /// Runs a program in a session of its own, as another user where given, with nothing of ours: no open files but its
  /// output, no blocked signals, no core dumps.
  static func spawn(
    _ arguments: [String], as account: UserAccount?, output: String
  ) throws(ClusterError) -> pid_t {
    var command = ["/bin/sh", "-c", "ulimit -c 0; exec \"$0\" \"$@\""]
    if let account {
      guard let setpriv = ["/usr/bin/setpriv", "/bin/setpriv"].first(where: Files.exists) else {
        throw ClusterError("setpriv (util-linux) is needed to run PostgreSQL as \(account.name)")
      }
      command += [setpriv, "--reuid", String(account.user), "--regid", String(account.group), "--clear-groups", "--"]
    }
    command += arguments
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    spawn_close_from(&actions, 3)
    spawn_change_directory(&actions, "/")
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    // 0x80 is POSIX_SPAWN_SETSID.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | 0x80))
    var pid = pid_t()
    let status = withMutableCStrings(command) { arguments in
      withMutableCStrings(["PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"]) { environment in
        posix_spawn(&pid, "/bin/sh", &actions, &attributes, arguments, environment)
      }
    }
    guard status == 0 else { throw ClusterError("cannot start \(arguments[0]): \(String(cString: strerror(status)))") }
    return pid
  }

  /// Runs a program to its end; its exit status, or -1 where a signal or the time limit ended it.
  static func run(
    _ arguments: [String], as account: UserAccount?, output: String, seconds: Int
  ) async throws(ClusterError) -> Int32 {
    let pid = try spawn(arguments, as: account, output: output)
    let deadline = Tick.now().adding(milliseconds: seconds * 1000)
    while Tick.now() < deadline {
      if let status = reap(pid) { return status & 0x7F == 0 ? status >> 8 & 0xFF : -1 }
      try? await Task.sleep(nanoseconds: 5_000_000)
    }
    kill(-pid, SIGKILL)
    _ = await ended(pid, within: 2000)
    return -1
  }

  /// The wait status of a child that has ended.
  static func reap(_ pid: pid_t) -> Int32? {
    var status: Int32 = 0
    return waitpid(pid, &status, WNOHANG) == pid ? status : nil
  }

  /// Whether the process, a child or not, has ended.
  static func hasEnded(_ pid: pid_t) -> Bool {
    if reap(pid) != nil { return true }
    if kill(pid, 0) != 0, errno == ESRCH { return true }
    // A zombie of some other parent does nothing any more.
    return Files.read("/proc/\(pid)/stat")?.split(separator: ")").last?.hasPrefix(" Z") ?? true
  }

  /// Waits for the end of a process, whatever becomes of the task.
  static func ended(_ pid: pid_t, within milliseconds: Int) async -> Bool {
    let deadline = Tick.now().adding(milliseconds: milliseconds)
    while !hasEnded(pid) {
      guard Tick.now() < deadline else { return false }
      await Task.detached { try? await Task.sleep(nanoseconds: 5_000_000) }.value
    }
    return true
  }

  /// Processes that work in a directory.
  static func working(in directory: String) -> [pid_t] {
    Files.names(in: "/proc").compactMap { pid_t($0) }.filter { Files.link("/proc/\($0)/cwd") == directory }
  }
}

/// Lends a null-terminated array of C strings that may be written to, as posix_spawn asks.
private func withMutableCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
  pointers.append(nil)
  defer { for pointer in pointers { free(pointer) } }
  return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
}
