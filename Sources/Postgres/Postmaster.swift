import Glibc

/// A server process that is running on a data directory.
struct Postmaster: Sendable, Equatable {
  let pid: pid_t
  let isReady: Bool

  /// Reads postmaster.pid; nil where there is none, or the process that it names does not work on this directory.
  static func running(on data: String) -> Postmaster? {
    guard let text = Files.read(data + "/postmaster.pid") else { return nil }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let pid = pid_t(lines[0]), pid > 1, isServer(pid, data) else { return nil }
    return Postmaster(pid: pid, isReady: lines.count > 7 && lines[7].hasPrefix("ready"))
  }

  /// Whether the process is a PostgreSQL whose working directory is the data directory, as a postmaster's always is.
  private static func isServer(_ pid: pid_t, _ data: String) -> Bool {
    guard let program = Files.link("/proc/\(pid)/exe"), Files.link("/proc/\(pid)/cwd") == data else { return false }
    return program.split(separator: "/").last?.hasPrefix("postgres") ?? false
  }

  /// Ends it: sessions are ended at once and everything is written out; where that takes over four seconds, without
  /// writing out.
  func stop() async -> Bool {
    for (signal, milliseconds) in [(SIGINT, 4000), (SIGQUIT, 700), (SIGKILL, 300)] {
      kill(pid, signal)
      if await Processes.ended(pid, within: milliseconds) { return true }
    }
    return false
  }

  /// Where a killed postmaster left sessions behind, waits for them to notice. Afterwards a file that names a stranger's
  /// process number is in the way, and goes.
  static func clearRemains(of data: String) async throws(ClusterError) {
    for _ in 0..<500 where !Processes.working(in: data).isEmpty {
      try? await Task.sleep(nanoseconds: 10_000_000)
    }
    guard Processes.working(in: data).isEmpty else {
      throw ClusterError("processes of an earlier PostgreSQL still work in \(data)")
    }
    unlink(data + "/postmaster.pid")
  }
}
