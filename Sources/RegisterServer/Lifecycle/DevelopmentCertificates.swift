import Crypto
import FoundationEssentials
import Glibc
import SwiftASN1
import X509

/// A certificate authority and a server certificate for this machine, made where they are missing or run out.
///
/// The authority's key is kept for renewals, so that clients go on trusting the same `ca.pem`.
struct DevelopmentCertificates {
  private static let daysAuthority = 3650.0
  private static let daysServer = 397.0
  /// A server certificate with less left is made anew.
  private static let daysLeftMin = 30.0

  let folder: String
  var authorityFile: String { folder + "/ca.pem" }
  var authorityKeyFile: String { folder + "/ca.key" }
  var certificateFile: String { folder + "/server.pem" }
  var keyFile: String { folder + "/server.key" }

  /// Makes what is missing or runs out.
  func prepare(now: Date = Date()) throws {
    let authority = try loadAuthority(now) ?? makeAuthority(now)
    if let certificate = try? load(certificateFile), PrivateFiles.exists(keyFile),
      certificate.issuer == authority.certificate.subject, lasts(certificate, now),
      authority.key.publicKey.isValidSignature(certificate.signature, for: certificate)
    {
      return
    }
    try makeServer(authority, now)
  }

  private struct Authority {
    let certificate: Certificate
    let key: Certificate.PrivateKey
  }

  private func loadAuthority(_ now: Date) throws -> Authority? {
    guard PrivateFiles.exists(authorityFile), PrivateFiles.exists(authorityKeyFile) else { return nil }
    let certificate = try load(authorityFile)
    let key = try Certificate.PrivateKey(pemEncoded: text(authorityKeyFile))
    guard lasts(certificate, now), key.publicKey == certificate.publicKey else { return nil }
    return Authority(certificate: certificate, key: key)
  }

  private func makeAuthority(_ now: Date) throws -> Authority {
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    // The number in the name keeps one authority from being taken for another.
    let name = try DistinguishedName {
      OrganizationName("Rekisteri")
      CommonName("Rekisteri development CA \(UInt32.random(in: 0...UInt32.max))")
    }
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
      notValidBefore: now.addingTimeInterval(-3600), notValidAfter: now.addingTimeInterval(Self.daysAuthority * 86_400),
      issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
        SubjectKeyIdentifier(hash: key.publicKey)
      }, issuerPrivateKey: key)
    try PrivateFiles.write(key.serializeAsPEM().pemString + "\n", to: authorityKeyFile)
    try PrivateFiles.write(certificate.serializeAsPEM().pemString + "\n", to: authorityFile, mode: 0o644)
    return Authority(certificate: certificate, key: key)
  }

  private func makeServer(_ authority: Authority, _ now: Date) throws {
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let loopback6 = [UInt8](repeating: 0, count: 15) + [1]
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
      notValidBefore: now.addingTimeInterval(-3600), notValidAfter: now.addingTimeInterval(Self.daysServer * 86_400),
      issuer: authority.certificate.subject,
      subject: try DistinguishedName {
        OrganizationName("Rekisteri")
        CommonName("localhost")
      }, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth])
        SubjectKeyIdentifier(hash: key.publicKey)
        AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: authority.key.publicKey).keyIdentifier)
        SubjectAlternativeNames([
          .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
          .ipAddress(ASN1OctetString(contentBytes: loopback6[...])),
        ])
      }, issuerPrivateKey: authority.key)
    unlink(certificateFile)
    try PrivateFiles.write(key.serializeAsPEM().pemString + "\n", to: keyFile)
    try PrivateFiles.write(certificate.serializeAsPEM().pemString + "\n", to: certificateFile, mode: 0o644)
  }

  private func lasts(_ certificate: Certificate, _ now: Date) -> Bool {
    certificate.notValidAfter > now.addingTimeInterval(Self.daysLeftMin * 86_400)
  }

  private func load(_ path: String) throws -> Certificate { try Certificate(pemEncoded: text(path)) }

  private func text(_ path: String) throws(ServerFault) -> String {
    String(decoding: try PrivateFiles.read(path, bytesMax: 65_536), as: UTF8.self)
  }
}
