import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Wire

/// What the errors of the network and of TLS mean.
enum ConnectionFailure {
  /// The client's error for one of theirs.
  static func of(_ error: any Error) -> ClientError {
    if let error = error as? ClientError { return error }
    if isUntrusted(error) { return .untrusted }
    return .connection(reason(error))
  }

  /// A short reason, safe for a terminal.
  static func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case let error as NIOConnectionError:
      error.connectionErrors.first.map { reason($0.error) } ?? "\(error.host): not found"
    case let error as ChannelError:
      if case .connectTimeout = error { "timeout" } else { short(error) }
    default: short(error)
    }
  }

  private static func isUntrusted(_ error: any Error) -> Bool {
    switch error {
    case let error as NIOSSLError:
      switch error {
      case .unableToValidateCertificate, .noCertificateToValidate: true
      case .handshakeFailed: String(describing: error).contains("CERTIFICATE_VERIFY_FAILED")
      default: false
      }
    case let error as NIOSSLExtraError: error == .failedToValidateHostname
    default: false
    }
  }

  private static func short(_ error: any Error) -> String {
    SafeText.forTerminal(String(String(describing: error).prefix(200)))
  }
}
