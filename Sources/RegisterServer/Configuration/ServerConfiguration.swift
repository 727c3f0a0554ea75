import Custody
import Glibc
import Model
import NIOCore
import Register
import Wire

/// The operator's settings, as the file of `--config` gives them (deploy/rekisterid.example.json).
struct ServerConfiguration: Sendable, Equatable {
  /// Where clients connect over TLS.
  struct Listen: Sendable, Equatable {
    var host = "127.0.0.1"
    var port = 7625
  }

  /// The socket for local administration.
  struct UnixSocket: Sendable, Equatable {
    var path = ""
    var mode: mode_t = 0o600
  }

  /// The server's certificate.
  struct TLS: Sendable, Equatable {
    var certificate = ""
    var key = ""
    /// The authorities of clients' certificates; none is asked for without.
    var clientAuthorities: String?
  }

  /// The database.
  struct Database: Sendable, Equatable {
    /// As the role `rekisteri_server`.
    var server = ""
    /// As the role `rekisteri_owner`; for `migrate` and `init` only.
    var owner: String?
    var poolSize = 8
  }

  /// Where the keys lie.
  struct Keys: Sendable, Equatable {
    var mirrors: [String] = []
    var masterKeyFile: String?
    var masterKeyCredential: String?
  }

  /// The access log: who signs it, and what goes outside.
  struct Log: Sendable, Equatable {
    /// The name that a new log gets.
    var origin: String?
    var signingKeyFile: String?
    var signingKeyCredential: String?
    /// Verifier keys of former origins, where the key is a credential.
    var formerKeys: [String] = []
    /// A file with the checkpoint that a new origin goes on from, where the key is a credential.
    var continues: String?
    /// Where checkpoints go, and cosignatures come from.
    var outside = OutsideSettings()
    /// Collectors of logs.
    var syslog: [SiemSettings] = []
    var retentionYears = 5
    /// From where on something in the log stands out.
    var anomalies = AnomalySettings()
  }

  /// The caps on connections.
  struct Connections: Sendable, Equatable {
    var max = Limits.connectionsMax
    var maxPerAddress = Limits.connectionsPerAddressMax
  }

  var listen = Listen()
  var unixSocket: UnixSocket?
  var tls = TLS()
  var database = Database()
  var keys = Keys()
  var log = Log()
  var connections = Connections()
  var importApprovalAbove = 1000
  var allowsPlain = false
  var authentication = AuthenticationSettings()
  var access = AccessSettings()
  /// Event loops.
  var threads = min(64, System.coreCount)

  /// Reads a file of settings.
  static func load(_ path: String) throws(ServerFault) -> ServerConfiguration {
    try parse(PrivateFiles.read(path, bytesMax: 1_048_576))
  }

  /// Reads settings.
  static func parse(_ bytes: [UInt8]) throws(ServerFault) -> ServerConfiguration {
    let json: JSON
    do throws(JSONFault) {
      json = try JSON.parse(bytes)
    } catch {
      throw ServerFault("the settings are not JSON: \(error)")
    }
    var reader = try ConfigurationReader(json)
    var result = ServerConfiguration()
    try result.readNetwork(&reader)
    try result.readStorage(&reader)
    try result.readLog(&reader)
    result.importApprovalAbove = try reader.int("importApprovalAbove", 0...Limits.importRowsMax) ?? 1000
    result.allowsPlain = try reader.bool("allowsPlain") ?? false
    result.authentication.tokenIdleMinutes = try reader.int("tokenIdleMinutes", 1...1440) ?? 30
    result.authentication.tokenAbsoluteHours = try reader.int("tokenAbsoluteHours", 1...720) ?? 12
    result.access.dailyPersons = try reader.int("dailyPersons", 0...1_000_000) ?? Limits.dailyPersons
    result.access.approvalSeconds = try reader.int("approvalSeconds", 1...2_592_000) ?? Limits.approvalSeconds
    result.access.breakGlassReviewSeconds =
      try reader.int("breakGlassReviewSeconds", 1...31_536_000) ?? Limits.breakGlassReviewSeconds
    result.threads = try reader.int("threads", 1...64) ?? 1
    try reader.finish()
    return result
  }

  private mutating func readNetwork(_ reader: inout ConfigurationReader) throws(ServerFault) {
    if var inner = try reader.object("listen") {
      listen.host = try inner.text("host") ?? listen.host
      listen.port = try inner.int("port", 0...65_535) ?? listen.port
      try inner.finish()
    }
    if var inner = try reader.object("unixSocket") {
      var socket = UnixSocket()
      socket.path = try inner.required("path")
      guard socket.path.utf8.count <= UnixSocket.pathBytesMax else {
        throw ServerFault("unixSocket.path: at most \(UnixSocket.pathBytesMax) bytes are possible")
      }
      if let mode = try inner.text("mode") {
        guard let bits = mode_t(mode, radix: 8), bits <= 0o777 else {
          throw ServerFault("unixSocket.mode: octal digits such as \"0660\" are needed")
        }
        socket.mode = bits
      }
      try inner.finish()
      unixSocket = socket
    }
    guard var inner = try reader.object("tls") else { throw ServerFault("tls is missing") }
    tls = TLS(
      certificate: try inner.required("certificate"), key: try inner.required("key"),
      clientAuthorities: try inner.text("clientAuthorities"))
    try inner.finish()
    if var inner = try reader.object("connections") {
      connections.max = try inner.int("max", 1...100_000) ?? connections.max
      connections.maxPerAddress = try inner.int("maxPerAddress", 1...100_000) ?? connections.maxPerAddress
      try inner.finish()
    }
  }

  private mutating func readStorage(_ reader: inout ConfigurationReader) throws(ServerFault) {
    guard var inner = try reader.object("database") else { throw ServerFault("database is missing") }
    database.server = try inner.required("server")
    database.owner = try inner.text("owner")
    database.poolSize = try inner.int("poolSize", 1...256) ?? database.poolSize
    try inner.finish()
    guard var inner = try reader.object("keys") else { throw ServerFault("keys is missing") }
    keys.mirrors = try inner.texts("mirrors")
    keys.masterKeyFile = try inner.text("masterKeyFile")
    keys.masterKeyCredential = try inner.text("masterKeyCredential")
    guard (keys.masterKeyFile == nil) != (keys.masterKeyCredential == nil) else {
      throw ServerFault("keys: either masterKeyFile or masterKeyCredential is needed")
    }
    try inner.finish()
  }

  /// What `server.settings` shows: no connection string and no place of a key.
  var shown: [(name: String, value: String)] {
    [
      ("listen", "\(listen.host) \(listen.port)"), ("unixSocket", unixSocket?.path ?? "none"),
      ("tls.certificate", tls.certificate), ("tls.clientAuthorities", tls.clientAuthorities ?? "none"),
      ("database.poolSize", "\(database.poolSize)"),
      ("keys.mirrors", "\(keys.mirrors.count)"),
      ("log.copies", "\(log.outside.copies.count)"), ("log.witnesses", "\(log.outside.witnesses.count)"),
      ("log.syslog", "\(log.syslog.count)"), ("log.retentionYears", "\(log.retentionYears)"),
      ("keys.masterKey", keys.masterKeyCredential == nil ? "file" : "credential"),
      ("connections.max", "\(connections.max)"), ("connections.maxPerAddress", "\(connections.maxPerAddress)"),
      ("allowsPlain", "\(allowsPlain)"), ("tokenIdleMinutes", "\(authentication.tokenIdleMinutes)"),
      ("tokenAbsoluteHours", "\(authentication.tokenAbsoluteHours)"),
      ("dailyPersons", "\(access.dailyPersons)"), ("approvalSeconds", "\(access.approvalSeconds)"),
      ("breakGlassReviewSeconds", "\(access.breakGlassReviewSeconds)"), ("threads", "\(threads)"),
    ]
  }
}

extension ServerConfiguration.UnixSocket {
  /// The longest path of a socket (unix(7)).
  static let pathBytesMax = 107
}
