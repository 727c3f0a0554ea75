import Model
import Register
import Wire

/// What a connection is carried by, as far as its session goes by it.
struct Transport: Sendable {
  /// The client's address, without port; `unix` on the Unix socket.
  var address: String
  /// The hash of the server's certificate, where there is TLS.
  var channelBinding: [UInt8]?
  /// The account of the peer's process on the Unix socket.
  var unixUser: String?
  /// SHA-256 of the certificate (DER) that the client proved to have, and that an authority trusted here has signed;
  /// empty where it showed none.
  var certificate: [UInt8] = []
  /// Whether the mechanism PLAIN is allowed.
  var allowsPlain = false

  /// What a session of it is bound to.
  var binding: Sessions.Binding {
    Sessions.Binding(place: unixUser.map { "\(address):\($0)" } ?? address, certificate: certificate)
  }

  /// Whether the client has shown what EXTERNAL goes by.
  var offersExternal: Bool { unixUser != nil || !certificate.isEmpty }

  /// The SCRAM mechanisms that are offered.
  var mechanisms: Set<ScramMechanism> { channelBinding == nil ? [.sha256] : [.sha256, .sha256Plus] }

  /// The capabilities before authentication.
  var capabilities: [String] {
    (channelBinding == nil ? [] : ["scram-plus"]) + (offersExternal ? ["external"] : [])
      + (allowsPlain ? ["plain"] : []) + Self.capabilitiesAfter
  }

  /// The capabilities after it.
  static let capabilitiesAfter = ["credit", "watch"]
}
