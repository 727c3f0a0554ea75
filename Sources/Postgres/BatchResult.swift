import CPostgres

/// What a batch gave, once it is committed.
public struct BatchResult: Sendable {
  /// A result for each statement, in order.
  public let results: [Rows]
  /// Warnings that came while it ran. A wait for a standby that was given up is only a warning.
  public let notices: [Notice]
}

/// A warning or notice of the server.
public struct Notice: Sendable, Equatable {
  /// `WARNING`, `NOTICE`, `INFO` or `LOG`, never translated.
  public let severity: String
  /// The five-character code.
  public let sqlstate: String
  /// The primary message.
  public let message: String
}

/// The fields that may be read of an error or notice: code, severity, constraint, primary message.
struct Diagnostics {
  let severity: String
  let sqlstate: String?
  let constraint: String?
  let message: String

  init(_ result: OpaquePointer) {
    func field(_ code: Int32) -> String? { PQresultErrorField(result, code).map { String(cString: $0) } }
    severity = field(Int32(UInt8(ascii: "V"))) ?? ""
    sqlstate = field(Int32(UInt8(ascii: "C")))
    constraint = field(Int32(UInt8(ascii: "n")))
    let primary = field(Int32(UInt8(ascii: "M")))
    // Data exceptions quote the value that does not do.
    message = sqlstate?.hasPrefix("22") == true ? "a value is not valid for its type or operation" : primary ?? ""
  }

  /// Whether the server ends the connection with it.
  var endsConnection: Bool { severity == "FATAL" || severity == "PANIC" }
  var notice: Notice { Notice(severity: severity, sqlstate: sqlstate ?? "", message: message) }
  var error: PostgresError {
    PostgresError(
      kind: endsConnection ? .connectionLost : .server, sqlstate: sqlstate, constraint: constraint, message: message)
  }
}
