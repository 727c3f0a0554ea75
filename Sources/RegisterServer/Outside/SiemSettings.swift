/// A collector of logs that the access log is streamed to: RFC 5424 messages over TLS (RFC 5425).
public struct SiemSettings: Sendable, Equatable {
  /// What is sent.
  public enum Stream: String, CaseIterable, Sendable {
    case entries
    case checkpoints
    case both

    var hasEntries: Bool { self != .checkpoints }
    var hasCheckpoints: Bool { self != .entries }
  }

  /// How the text of a message is written.
  public enum Format: String, CaseIterable, Sendable {
    /// The row of `log.find` in JSON.
    case rfc5424
    case cef
    case ocsf
  }

  /// The collector's host name or address; its certificate must be for it.
  public var host: String
  /// Its port; 6514 is the one for syslog over TLS.
  public var port: Int
  /// A PEM file with the authorities one of which must have signed the collector's certificate.
  public var authorities: String
  /// A PEM file with the server's own certificate and its chain; nil where the collector asks for none.
  public var certificate: String?
  /// A PEM file with that certificate's key.
  public var key: String?
  /// What is sent.
  public var stream: Stream
  /// How it is written.
  public var format: Format

  /// A collector.
  public init(
    host: String, port: Int = 6514, authorities: String, certificate: String? = nil, key: String? = nil,
    stream: Stream = .entries, format: Format = .rfc5424
  ) {
    self.host = host
    self.port = port
    self.authorities = authorities
    self.certificate = certificate
    self.key = key
    self.stream = stream
    self.format = format
  }

  /// By what name the database remembers how far the entries have come, and who streams.
  var name: String { "syslog \(host):\(port)\(stream == .checkpoints ? " checkpoints" : "")" }

  /// By what name it remembers the last checkpoint that was sent.
  var checkpointName: String { "syslog \(host):\(port) checkpoints" }
}
