import Crypto
import FoundationEssentials
import Glibc
import Logging
import Model
import SwiftASN1
import Testing
import X509

@testable import RegisterServer

@Suite struct SiemStreamTests {
  private var timing: SiemTiming {
    var timing = SiemTiming()
    timing.pollMilliseconds = 10
    timing.retryMilliseconds = 10
    timing.retryMillisecondsMax = 50
    timing.leaseMilliseconds = 10
    return timing
  }

  /// Runs a test with certificates in a folder of its own.
  private func withCertificates(_ body: (DevelopmentCertificates) async throws -> Void) async throws {
    let folder = "/tmp/register-server-siem-\(UInt64.random(in: 0...UInt64.max))"
    try PrivateFiles.makeFolder(folder)
    defer {
      for name in PrivateFiles.names(in: folder) { unlink(folder + "/" + name) }
      rmdir(folder)
    }
    let certificates = DevelopmentCertificates(folder: folder)
    try certificates.prepare()
    try await body(certificates)
  }

  /// Runs a stream while the body runs.
  private func streaming(
    _ settings: SiemSettings, _ log: FakeLog, _ timing: SiemTiming, _ body: () async throws -> Void
  ) async throws {
    let stream = SiemStream(settings: settings, log: log, logger: Logger(label: "test"), timing: timing)
    let task = Task { await stream.run() }
    let outcome: Result<Void, any Error>
    do {
      try await body()
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
    task.cancel()
    await task.value
    try outcome.get()
  }

  private func settings(_ port: Int, _ certificates: DevelopmentCertificates) -> SiemSettings {
    SiemSettings(host: "localhost", port: port, authorities: certificates.authorityFile)
  }

  @Test func entriesComeInOrderAndAnOrderlyEndStoresThePlace() async throws {
    try await withCertificates { certificates in
      let collector = try await FakeCollector(certificates)
      let log = FakeLog()
      log.grow(to: 1000)
      let settings = settings(collector.port, certificates)
      try await streaming(settings, log, timing) {
        #expect(await until { collector.received.indexes.count == 1000 })
        log.grow(to: 1200)
        #expect(await until { collector.received.indexes.count == 1200 })
      }
      #expect(collector.received.indexes == Array(0..<1200))
      // The collector said goodbye: everything is certain before the grace is over.
      #expect(log.positions[settings.name] == 1199)
      log.grow(to: 1300)
      try await streaming(settings, log, timing) {
        #expect(await until { collector.received.indexes.count == 1300 })
      }
      #expect(collector.received.indexes == Array(0..<1300))
      await collector.stop()
    }
  }

  @Test func aLostConnectionSendsAgainWhatWasNotCertain() async throws {
    try await withCertificates { certificates in
      let first = try await FakeCollector(certificates)
      let log = FakeLog()
      log.grow(to: 300)
      let settings = settings(first.port, certificates)
      try await streaming(settings, log, timing) {
        #expect(await until { first.received.indexes.count == 300 })
        #expect(log.positions[settings.name] == nil)
        await first.stop()
        log.grow(to: 400)
        let second = try await FakeCollector(certificates, port: first.port)
        #expect(await until { second.received.indexes.last == 399 })
        let came = second.received.indexes
        #expect(came == Array((came.first ?? -1)..<400))
        #expect((came.first ?? .max) <= 300)
        await second.stop()
      }
    }
  }

  @Test func thePlaceGoesOnOnceAConnectionHasLivedForTheGrace() async throws {
    try await withCertificates { certificates in
      let collector = try await FakeCollector(certificates)
      let log = FakeLog()
      log.grow(to: 50)
      var timing = timing
      timing.graceMilliseconds = 100
      let settings = settings(collector.port, certificates)
      try await streaming(settings, log, timing) {
        #expect(await until { log.positions[settings.name] == 49 })
      }
      await collector.stop()
    }
  }

  @Test func aCollectorOfAnotherAuthorityGetsNothing() async throws {
    try await withCertificates { ours in
      try await withCertificates { others in
        let collector = try await FakeCollector(others)
        let log = FakeLog()
        log.grow(to: 10)
        try await streaming(settings(collector.port, ours), log, timing) {
          #expect(await until { collector.received.connections >= 3 })
        }
        #expect(collector.received.text.isEmpty)
        #expect(log.positions.isEmpty)
        await collector.stop()
      }
    }
  }

  @Test func aCertificateForAnotherNameIsRefused() async throws {
    try await withCertificates { certificates in
      let collector = try await FakeCollector(certificates, host: "127.0.0.2")
      let log = FakeLog()
      log.grow(to: 10)
      var settings = settings(collector.port, certificates)
      settings.host = "127.0.0.2"
      try await streaming(settings, log, timing) {
        #expect(await until { collector.received.connections >= 3 })
      }
      #expect(collector.received.text.isEmpty)
      await collector.stop()
    }
  }

  @Test func aCertificateOfOurOwnIsShownWhereItIsAskedFor() async throws {
    try await withCertificates { certificates in
      let collector = try await FakeCollector(certificates, authorities: certificates.authorityFile)
      let log = FakeLog()
      log.grow(to: 10)
      var settings = settings(collector.port, certificates)
      try await streaming(settings, log, timing) {
        #expect(await until { collector.received.connections >= 3 })
      }
      #expect(collector.received.text.isEmpty)
      #expect(log.positions.isEmpty)
      (settings.certificate, settings.key) = try makeClient(certificates)
      try await streaming(settings, log, timing) {
        #expect(await until { collector.received.indexes.count == 10 })
      }
      await collector.stop()
    }
  }

  /// A client's certificate by the authority of a folder, and its key.
  private func makeClient(_ certificates: DevelopmentCertificates) throws -> (certificate: String, key: String) {
    func text(_ path: String) throws -> String {
      String(decoding: try PrivateFiles.read(path, bytesMax: 65_536), as: UTF8.self)
    }
    let authority = try Certificate(pemEncoded: text(certificates.authorityFile))
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
      notValidBefore: Date().addingTimeInterval(-3600), notValidAfter: Date().addingTimeInterval(3600),
      issuer: authority.subject, subject: try DistinguishedName { CommonName("rekisterid") },
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions { try ExtendedKeyUsage([.clientAuth]) },
      issuerPrivateKey: Certificate.PrivateKey(pemEncoded: text(certificates.authorityKeyFile)))
    let files = (certificates.folder + "/client.pem", certificates.folder + "/client.key")
    try PrivateFiles.write(certificate.serializeAsPEM().pemString + "\n", to: files.0)
    try PrivateFiles.write(key.serializeAsPEM().pemString + "\n", to: files.1)
    return files
  }

  @Test func onlyTheHolderOfTheLeaseStreams() async throws {
    try await withCertificates { certificates in
      let collector = try await FakeCollector(certificates)
      let log = FakeLog()
      log.setLeased(false)
      log.grow(to: 10)
      try await streaming(settings(collector.port, certificates), log, timing) {
        try await Task.sleep(for: .milliseconds(200))
        #expect(collector.received.connections == 0)
        log.setLeased(true)
        #expect(await until { collector.received.indexes.count == 10 })
        log.setLeased(false)
        #expect(await until { log.positions.count == 1 })
      }
      await collector.stop()
    }
  }

  @Test func checkpointsComeAfterTheEntriesAndEachOnce() async throws {
    try await withCertificates { certificates in
      let collector = try await FakeCollector(certificates)
      let log = FakeLog()
      log.grow(to: 20)
      log.sign("example.com/log\n20\nAAAA=\n")
      var settings = settings(collector.port, certificates)
      settings.stream = .both
      try await streaming(settings, log, timing) {
        #expect(await until { collector.received.text.contains("[rekisteri@32473 size=\"20\"]") })
        log.grow(to: 21)
        #expect(await until { collector.received.text.contains("[rekisteri@32473 size=\"21\"]") })
        try await Task.sleep(for: .milliseconds(100))
      }
      #expect(collector.received.indexes == Array(0..<21))
      #expect(collector.received.text.split(separator: " checkpoint [").count == 3)
      #expect(log.positions[settings.checkpointName] == 21)
      await collector.stop()
    }
  }

  /// Tries until it is so; false where it never was.
  private func until(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<1000 {
      if condition() { return true }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return false
  }
}
