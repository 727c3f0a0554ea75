/// Where the user's files of this program are (XDG Base Directory Specification).
struct UserFolders: Sendable {
  /// The configuration file; nil where the user has no home.
  let configuration: String?
  /// The file of the kept session.
  let session: String?
  /// The folder of what is remembered of access logs.
  let logs: String?

  init(environment: [String: String]) {
    func folder(_ variable: String, _ fallback: String) -> String? {
      // A relative path is to be ignored.
      if let set = environment[variable], set.hasPrefix("/") { return set }
      return environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + fallback : nil }
    }
    configuration = folder("XDG_CONFIG_HOME", "/.config").map { $0 + "/rekisteri/config" }
    let state = folder("XDG_STATE_HOME", "/.local/state").map { $0 + "/rekisteri" }
    session = state.map { $0 + "/session" }
    logs = state.map { $0 + "/log" }
  }
}
