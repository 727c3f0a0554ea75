/// The files of a client certificate, by which a user logs in without a password.
public struct ClientCertificate: Sendable, Equatable {
  /// The certificate and what vouches for it, PEM.
  public let certificateFile: String
  /// Its private key, PEM, readable by its owner only.
  public let keyFile: String

  /// A certificate's files.
  public init(certificateFile: String, keyFile: String) {
    self.certificateFile = certificateFile
    self.keyFile = keyFile
  }
}
