import CPostgres

/// How to connect, and how each session is set.
public struct ConnectionConfiguration: Sendable {
  /// A libpq connection string or URI; several hosts are tried in turn
  /// (`host=a,b target_session_attrs=read-write`).
  public var connectionString: String
  /// What the server's views call us, unless the connection string says.
  public var applicationName: String
  /// How long connecting to one host may take.
  public var connectTimeoutSeconds = 5
  /// How long a pool's caller waits for a connection, where its deadline is later still.
  public var waitMillisecondsMax = 5000
  /// The server's bound for one statement; 0 is none.
  public var statementTimeoutMilliseconds = 0
  /// The server's bound for waiting on a lock; 0 is none.
  public var lockTimeoutMilliseconds = 0
  /// The server's bound for a transaction that does nothing; 0 is none.
  public var idleInTransactionTimeoutMilliseconds = 60_000
  /// Plans made once a statement and not for its values: for batches.
  public var forcesGenericPlans = false
  /// Statements kept prepared on each connection.
  public var preparedStatementsMax = 256
  /// Batches waiting on one connection before it refuses more.
  public var queuedBatchesMax = 4096
  /// Batches sent on one connection before the first is answered.
  public var inflightBatchesMax = 64
  /// How long a cancelled statement may take to end before the connection is given up.
  public var cancelGraceMilliseconds = 5000
  /// How long past the deadline an answer to COMMIT is awaited before the outcome counts as unknown.
  public var commitGraceMilliseconds = 30_000
  /// Other settings of the session, by name.
  public var settings: [String: String] = [:]

  /// A configuration with the defaults.
  public init(_ connectionString: String, applicationName: String = "postgres-client") {
    self.connectionString = connectionString
    self.applicationName = applicationName
  }

  /// Keywords and values for libpq: what the string says, ours where it says nothing, and our session settings.
  func parameters() throws(PostgresError) -> [(keyword: String, value: String)] {
    var problem: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(connectionString, &problem) else {
      PQfreemem(problem)
      throw PostgresError(kind: .cannotConnect, message: "the connection string is not valid")
    }
    defer { PQconninfoFree(options) }
    var values: [String: String] = [
      "application_name": applicationName, "connect_timeout": String(max(2, connectTimeoutSeconds)),
      "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3", "tcp_user_timeout": "30000",
    ]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    values["client_encoding"] = "UTF8"
    values["options"] = (values["options"].map { $0 + " " } ?? "") + sessionOptions
    return values.map { (keyword: $0.key, value: $0.value) }
  }

  private var sessionOptions: String {
    // Compiling a plan takes milliseconds, each time anew, where a guess at its cost says so; its rows take microseconds.
    var all = [
      "jit": "off",
      "client_min_messages": "warning", "statement_timeout": String(statementTimeoutMilliseconds),
      "lock_timeout": String(lockTimeoutMilliseconds),
      "idle_in_transaction_session_timeout": String(idleInTransactionTimeoutMilliseconds),
    ]
    if forcesGenericPlans { all["plan_cache_mode"] = "force_generic_plan" }
    all.merge(settings) { $1 }
    return all.sorted { $0.key < $1.key }.map { "-c \($0.key)=\(Self.escaped($0.value))" }.joined(separator: " ")
  }

  /// Spaces and backslashes take a backslash in `options`.
  private static func escaped(_ value: String) -> String {
    value.reduce(into: "") { result, character in
      if character == " " || character == "\\" { result.append("\\") }
      result.append(character)
    }
  }
}
