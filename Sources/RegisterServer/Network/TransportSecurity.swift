import Crypto
import Model
import NIOCore
import NIOSSL

/// The server's certificate as connections need it: TLS 1.3 and the channel binding.
struct TransportSecurity: Sendable {
  let context: NIOSSLContext
  /// `tls-server-end-point` (RFC 5929 section 4).
  let channelBinding: [UInt8]

  /// Reads a certificate with its chain, and its key, from PEM files.
  ///
  /// - Parameter clientAuthoritiesFile: The authorities, PEM, one of which must have signed a client's certificate. A client
  ///   is asked for one and need not have any; one that does not verify ends the handshake. Without authorities none is
  ///   asked for.
  init(certificateFile: String, keyFile: String, clientAuthoritiesFile: String? = nil) throws {
    let chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
    guard let leaf = chain.first else { throw ServerFault("\(certificateFile) holds no certificate") }
    let key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv13
    configuration.maximumTLSVersion = .tlsv13
    if let clientAuthoritiesFile {
      let authorities = try NIOSSLCertificate.fromPEMFile(clientAuthoritiesFile)
      guard !authorities.isEmpty else { throw ServerFault("\(clientAuthoritiesFile) holds no certificate") }
      configuration.trustRoots = .certificates(authorities)
      configuration.certificateVerification = .optionalVerification
      configuration.sendCANameList = true
    }
    // A client that does not say goodbye is not waited for: stopping has five seconds in all.
    configuration.shutdownTimeout = .milliseconds(300)
    context = try NIOSSLContext(configuration: configuration)
    channelBinding = Self.endPoint(certificate: try leaf.toDERBytes())
  }

  /// SHA-256 of a client's certificate, by which an account names it; empty where it is out of its time (the handshake has
  /// looked at that, unless it resumed an earlier one).
  static func hash(ofClient certificate: NIOSSLCertificate, now: Instant = .now()) -> [UInt8] {
    let seconds = now.microseconds / 1_000_000
    guard Int64(certificate.notValidBefore) <= seconds, seconds < Int64(certificate.notValidAfter),
      let der = try? certificate.toDERBytes()
    else { return [] }
    return Array(SHA256.hash(data: der))
  }

  /// The hash of the certificate that its signature's algorithm asks for; SHA-256 in place of MD5 and SHA-1, and where
  /// the signature names none (Ed25519).
  static func endPoint(certificate der: [UInt8]) -> [UInt8] {
    switch CertificateHash(certificate: der) {
    case .sha256: Array(SHA256.hash(data: der))
    case .sha384: Array(SHA384.hash(data: der))
    case .sha512: Array(SHA512.hash(data: der))
    }
  }
}

/// Something that keeps the server from running, in words for the operator.
struct ServerFault: Error, Sendable, Equatable, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
