import Glibc

/// What keeps the process's memory and files to itself.
enum Hardening {
  /// No core dumps, no tracing by others, files for ourselves only, and a closed pipe is an error and no death.
  static func apply() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    setNotDumpable()
    umask(0o077)
    signal(SIGPIPE, SIG_IGN)
    raiseOpenFiles()
  }

  /// As many connections as the caps allow need as many descriptors.
  private static func raiseOpenFiles() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = min(limit.rlim_max, 65_536)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// PR_SET_DUMPABLE.
  private static let setDumpable: Int32 = 4

  /// prctl(2) takes a varying number of arguments, which Swift does not call; its address it does.
  private static func setNotDumpable() {
    typealias Call = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
    guard let address = dlsym(nil, "prctl") else { return }
    _ = unsafeBitCast(address, to: Call.self)(setDumpable, 0, 0, 0, 0)
  }
}
