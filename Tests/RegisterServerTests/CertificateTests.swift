import FoundationEssentials
import Glibc
import Testing

@testable import RegisterServer

struct CertificateTests {
  /// A folder that goes with the test.
  private func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
    let folder = "/tmp/register-server-tests-\(UInt64.random(in: 0...UInt64.max))"
    try PrivateFiles.makeFolder(folder)
    defer {
      for name in PrivateFiles.names(in: folder) { unlink(folder + "/" + name) }
      rmdir(folder)
    }
    return try body(folder)
  }

  @Test func whatIsMadeOnceIsKept() throws {
    try withFolder { folder in
      let certificates = DevelopmentCertificates(folder: folder)
      try certificates.prepare()
      let before = try PrivateFiles.read(certificates.certificateFile, bytesMax: 65_536)
      try certificates.prepare()
      #expect(try PrivateFiles.read(certificates.certificateFile, bytesMax: 65_536) == before)
      let security = try TransportSecurity(
        certificateFile: certificates.certificateFile, keyFile: certificates.keyFile)
      #expect(security.channelBinding.count == 32)
    }
  }

  @Test func aCertificateThatRunsOutIsRenewedUnderTheSameAuthority() throws {
    try withFolder { folder in
      let certificates = DevelopmentCertificates(folder: folder)
      try certificates.prepare(now: .init(timeIntervalSinceNow: -380 * 86_400))
      let authority = try PrivateFiles.read(certificates.authorityFile, bytesMax: 65_536)
      let before = try PrivateFiles.read(certificates.certificateFile, bytesMax: 65_536)
      try certificates.prepare()
      #expect(try PrivateFiles.read(certificates.authorityFile, bytesMax: 65_536) == authority)
      #expect(try PrivateFiles.read(certificates.certificateFile, bytesMax: 65_536) != before)
    }
  }

  @Test func aKeyIsReadableByItsOwnerOnly() throws {
    try withFolder { folder in
      let certificates = DevelopmentCertificates(folder: folder)
      try certificates.prepare()
      for file in [certificates.keyFile, certificates.authorityKeyFile] {
        var status = stat()
        #expect(stat(file, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
      }
    }
  }

  @Test func hostileCertificatesHaveAHashAllTheSame() {
    var generator = Seeded(state: 3)
    for _ in 0..<5000 {
      let bytes = (0..<Int.random(in: 0..<60, using: &generator)).map { _ in
        [0x30, 0x06, 0xA0, 0x82, 0x05, 0xFF].randomElement(using: &generator) ?? UInt8(0x30)
      }
      let hash = TransportSecurity.endPoint(certificate: bytes)
      #expect([32, 48, 64].contains(hash.count))
    }
  }
}
