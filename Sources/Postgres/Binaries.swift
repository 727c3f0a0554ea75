import Glibc

extension Cluster {
  /// The folders that hold `postgres` and `initdb`, the newest version first.
  public static func binariesDirectories() -> [String] {
    let root = "/usr/lib/postgresql"
    let versions = Files.names(in: root).sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }
    let fixed = ["/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin", "/usr/libexec/postgresql"]
    let searched = environmentPath().map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    return (versions.map { "\(root)/\($0)/bin" } + searched + fixed).filter(hasServer)
  }

  /// The folder to use for a data directory of this version; any version where nil.
  static func binariesDirectory(version: String?) -> String? {
    let all = binariesDirectories()
    guard let version else { return all.first }
    return all.first { $0.hasSuffix("/\(version)/bin") } ?? all.first { !$0.hasPrefix("/usr/lib/postgresql/") }
  }

  private static func hasServer(_ directory: String) -> Bool {
    access(directory + "/postgres", X_OK) == 0 && access(directory + "/initdb", X_OK) == 0
  }

  private static func environmentPath() -> [String] {
    guard let path = getenv("PATH") else { return [] }
    return String(cString: path).split(separator: ":").map(String.init)
  }
}
