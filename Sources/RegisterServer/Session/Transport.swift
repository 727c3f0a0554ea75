import Model
import Wire

/// What a connection is carried by, as far as its session goes by it.
struct Transport: Sendable {
  /// The client's address, without port; `unix` on the Unix socket.
  var address: String
  /// The hash of the server's certificate, where there is TLS.
  var channelBinding: [UInt8]?
  /// The account of the peer's process on the Unix socket.
  var unixUser: String?
  /// Whether the mechanism PLAIN is allowed.
  var allowsPlain = false

  /// The SCRAM mechanisms that are offered.
  var mechanisms: Set<ScramMechanism> { channelBinding == nil ? [.sha256] : [.sha256, .sha256Plus] }

  /// The capabilities before authentication.
  var capabilities: [String] {
    (channelBinding == nil ? [] : ["scram-plus"]) + (unixUser == nil ? [] : ["external"])
      + (allowsPlain ? ["plain"] : []) + Self.capabilitiesAfter
  }

  /// The capabilities after it.
  static let capabilitiesAfter = ["credit", "watch"]
}
