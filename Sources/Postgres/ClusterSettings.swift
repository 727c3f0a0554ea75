/// How an embedded PostgreSQL is set.
public struct ClusterSettings: Sendable {
  /// Memory for the server's own cache of pages.
  public var sharedBuffersMegabytes = 128
  /// How far the write-ahead log may grow between checkpoints.
  public var maxWALMegabytes = 1024
  /// Sessions at a time.
  public var connectionsMax = 100
  /// The database's owner and superuser.
  public var superuser = "postgres"
  /// The folder of `postgres` and `initdb`; found where nil.
  public var binariesDirectory: String?
  /// Who the processes run as when we are root; `postgres`, else `nobody`, where nil.
  public var unprivilegedUser: String?
  /// How long the server may take until it answers.
  public var startTimeoutSeconds = 60
  /// Further lines of postgresql.conf by name; they win over ours.
  public var other: [String: String] = [:]

  /// The defaults.
  public init() {}

  /// The whole of postgresql.conf.
  func file(socketDirectory: String, logDirectory: String) -> String {
    var lines: [String: String] = [
      "listen_addresses": "", "unix_socket_directories": socketDirectory, "unix_socket_permissions": "0700",
      "port": String(Cluster.port), "max_connections": String(connectionsMax),
      "shared_buffers": "\(sharedBuffersMegabytes)MB", "max_wal_size": "\(maxWALMegabytes)MB",
      "wal_compression": "off", "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on",
      "password_encryption": "scram-sha-256", "timezone": "UTC", "lc_messages": "C",
      // Nothing that people store may come into the log.
      "log_statement": "none", "log_min_duration_statement": "-1", "log_min_error_statement": "panic",
      "log_error_verbosity": "terse", "log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0",
      "log_connections": "off", "log_disconnections": "off", "log_lock_waits": "off", "log_temp_files": "-1",
      "log_autovacuum_min_duration": "-1", "debug_print_parse": "off", "track_activity_query_size": "100",
      // A file for each day of the week, begun anew a week later.
      "logging_collector": "on", "log_destination": "stderr", "log_directory": logDirectory,
      "log_filename": "postgresql-%a.log", "log_rotation_age": "1d", "log_rotation_size": "0",
      "log_truncate_on_rotation": "on", "log_file_mode": "0600", "log_line_prefix": "%m [%p] ", "log_timezone": "UTC",
    ]
    lines.merge(other) { $1 }
    let body = lines.sorted { $0.key < $1.key }.map { "\($0.key) = \(Self.quoted($0.value))\n" }.joined()
    return "# Written at each start.\n" + body
  }

  private static func quoted(_ value: String) -> String {
    "'" + value.replacing("\\", with: "\\\\").replacing("'", with: "''") + "'"
  }
}

/// Why an embedded PostgreSQL does not run.
public struct ClusterError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What went wrong, for the operator.
  public let description: String
  init(_ description: String) { self.description = description }
}
