import AccessLog
import Crypto
import Testing

@Suite struct CosignatureTests {
  static let key = Curve25519.Signing.PrivateKey()

  static func cosign(_ text: String, time: UInt64, by name: String, message: String? = nil) throws -> String {
    let witness = try #require(
      VerifierKey(name: name, algorithm: .cosignature, publicKey: Array(key.publicKey.rawRepresentation)))
    let signed = message ?? "cosignature/v1\ntime \(time)\n\(text)"
    let stamp = (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * UInt64($0))) }
    return NoteLines.line(witness, stamp + Array(try key.signature(for: Array(signed.utf8))))
  }

  static func witness(_ name: String) throws -> VerifierKey {
    try #require(VerifierKey(name: name, algorithm: .cosignature, publicKey: Array(key.publicKey.rawRepresentation)))
  }

  @Test func aCosignatureIsVerifiedWithItsTime() throws {
    let log = try #require(NoteSigner.generate(name: "log.example"))
    let text = Checkpoint(origin: "log.example", size: 5, root: .leaf([1])).text
    let witness = try Self.witness("witness.example/w1")
    let note = try SignedNote(log.sign(text) + Self.cosign(text, time: 1_700_000_000, by: witness.name))
    #expect(try note.verify([log.verifierKey, witness]) == [log.verifierKey, witness])
    #expect(note.cosignatureTime(of: witness) == 1_700_000_000)
    #expect(note.cosignatureTime(of: log.verifierKey) == nil)
    #expect(VerifierKey(witness.description) == witness)
    #expect(witness.description.contains("+BA") || witness.description.contains("+B"))
    let later = try SignedNote(note.description + Self.cosign(text, time: 1_700_000_009, by: witness.name))
    #expect(try later.verify([witness]) == [witness])
    #expect(later.cosignatureTime(of: witness) == 1_700_000_009)
    let line = try #require(NoteSignature(String(note.signatures[1].description)))
    #expect(line == note.signatures[1])
    #expect(line.isBy(witness) && !line.isBy(log.verifierKey))
  }

  @Test func aCosignatureOverAnythingElseIsRefused() throws {
    let text = "log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    let witness = try Self.witness("w")
    let wrong = [
      try Self.cosign(text, time: 7, by: "w", message: text),
      try Self.cosign(text, time: 7, by: "w", message: "cosignature/v1\ntime 8\n\(text)"),
      try Self.cosign(text, time: 7, by: "w", message: "cosignature/v1\ntime 07\n\(text)"),
      try Self.cosign(text, time: 7, by: "w", message: "cosignature/v1\ntime 7\n\(text)\n"),
      NoteLines.line(witness, Array(try Self.key.signature(for: Array(text.utf8)))),
      NoteLines.line(witness, .init(repeating: 0, count: 72)),
    ]
    for line in wrong {
      let note = try SignedNote("\(text)\n\(line)")
      #expect(throws: NoteFault.self) { try note.verify([witness]) }
      #expect(note.cosignatureTime(of: witness) == nil)
    }
    let good = try SignedNote("\(text)\n\(Self.cosign(text, time: .max, by: "w"))")
    #expect(try good.verify([witness]) == [witness])
    #expect(good.cosignatureTime(of: witness) == .max)
  }

  @Test func thePublishedIdsTellAlgorithmsApart() throws {
    let publicKey = Array(Self.key.publicKey.rawRepresentation)
    let plain = try #require(VerifierKey(name: "w", algorithm: .ed25519, publicKey: publicKey))
    let witness = try Self.witness("w")
    #expect(plain.id != witness.id)
    #expect(witness.id == Array(SHA256.hash(data: Array("w\n\u{4}".utf8) + publicKey).prefix(4)))
    #expect(plain.id == Array(SHA256.hash(data: Array("w\n\u{1}".utf8) + publicKey).prefix(4)))
  }
}
