import NIOCore
import NIOSSL

/// The handlers of a connection: TLS 1.3 over TCP, none on a Unix socket; then lines.
struct TransportSecurity: Sendable {
  private let context: NIOSSLContext?
  private let serverName: String?

  /// Whether there is TLS.
  var isEncrypted: Bool { context != nil }

  init(_ endpoint: ServerEndpoint, caFile: String?, certificate: ClientCertificate? = nil) throws(ClientError) {
    switch endpoint {
    case .unixSocket:
      context = nil
      serverName = nil
    case .tcp(let host, _):
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.minimumTLSVersion = .tlsv13
      configuration.certificateVerification = .fullVerification
      if let caFile { configuration.trustRoots = .certificates(try Self.authorities(caFile)) }
      if let certificate { try Self.show(certificate, in: &configuration) }
      do {
        context = try NIOSSLContext(configuration: configuration)
      } catch {
        throw ConnectionFailure.of(error)
      }
      // An address is checked against the certificate's addresses, and is no server name (RFC 6066, section 3).
      serverName = (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
    }
  }

  private static func show(
    _ certificate: ClientCertificate, in configuration: inout TLSConfiguration
  ) throws(ClientError) {
    guard let key = try LocalFile.read(certificate.keyFile, bytesMax: 65_536, isSecret: true) else {
      throw LocalFile.missing(certificate.keyFile)
    }
    configuration.certificateChain = try authorities(certificate.certificateFile).map { .certificate($0) }
    do {
      configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
    } catch {
      throw .file(path: certificate.keyFile, reason: ConnectionFailure.reason(error))
    }
  }

  private static func authorities(_ path: String) throws(ClientError) -> [NIOSSLCertificate] {
    do {
      let certificates = try NIOSSLCertificate.fromPEMFile(path)
      guard !certificates.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
      return certificates
    } catch {
      throw .file(path: path, reason: ConnectionFailure.reason(error))
    }
  }

  /// Adds the handlers to a new channel, whose lines go to `core`.
  func install(_ core: ConnectionCore, in pipeline: ChannelPipeline.SynchronousOperations) throws {
    if let context {
      try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: serverName))
    }
    try pipeline.addHandler(LineHandler(core: core))
  }
}
