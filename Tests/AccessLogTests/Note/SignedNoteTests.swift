import AccessLog
import Testing

@Suite struct SignedNoteTests {
  static let exampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
  static let exampleNote =
    "This is an example message.\n\n\u{2014} example.com/foo "
    + "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
  static let neumannKey = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
  static let neumannText =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
  static let neumannSignature =
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="

  @Test func thePublishedNoteIsGood() throws {
    let key = try #require(VerifierKey(Self.exampleKey))
    #expect(key.name == "example.com/foo")
    #expect(key.id == [0x53, 0x0D, 0x90, 0x3A])
    #expect(key.algorithm == .ed25519)
    #expect(key.description == Self.exampleKey)
    let note = try SignedNote(Self.exampleNote)
    #expect(note.text == "This is an example message.\n")
    #expect(try note.verify([key]) == [key])
    #expect(note.description == Self.exampleNote)
    #expect(note.cosignatureTime(of: key) == nil)
  }

  @Test func signingGivesThePublishedSignature() throws {
    let signer = try #require(NoteSigner(Self.neumannKey))
    #expect(signer.text == Self.neumannKey)
    #expect(signer.name == "PeterNeumann")
    let note = signer.sign(Self.neumannText)
    #expect(note == "\(Self.neumannText)\n\u{2014} PeterNeumann \(Self.neumannSignature)\n")
    #expect(try SignedNote(note).verify([signer.verifierKey]) == [signer.verifierKey])
    #expect(signer.sign(String(Self.neumannText.dropLast())) == note)
    #expect(!"\(signer)".contains("AYEK"))
    #expect(!String(reflecting: signer).contains("PRIVATE"))
  }

  @Test func aGeneratedKeySignsAndIsReadBack() throws {
    let signer = try #require(NoteSigner.generate(name: "log.example/tähti"))
    let again = try #require(NoteSigner(signer.text))
    #expect(again.verifierKey == signer.verifierKey)
    #expect(VerifierKey(signer.verifierKey.description) == signer.verifierKey)
    #expect(try SignedNote(again.sign("a\n\nb\n")).verify([signer.verifierKey]).count == 1)
    #expect(try SignedNote(again.sign("a\n\nb\n")).text == "a\n\nb\n")
    for name in ["", "a b", "a+b", "a\u{2003}b", "a\nb", "a\u{85}b", "\u{7F}"] {
      #expect(NoteSigner.generate(name: name) == nil)
      #expect(VerifierKey(name: name, algorithm: .ed25519, publicKey: signer.verifierKey.publicKey) == nil)
    }
  }

  @Test func unknownKeysArePassedOverAndAKnownKeysBadSignatureIsRefused() throws {
    let key = try #require(VerifierKey(Self.exampleKey))
    let other = try #require(NoteSigner.generate(name: "example.com/foo"))
    let text = "This is an example message.\n"
    let lines = other.sign(text).dropFirst(text.count + 1)
    let note = try SignedNote(Self.exampleNote + lines)
    #expect(try note.verify([key]) == [key])
    #expect(try note.verify([other.verifierKey, key]) == [other.verifierKey, key])
    #expect(try note.verify([]).isEmpty)
    let third = try #require(NoteSigner.generate(name: "third"))
    #expect(try note.verify([third.verifierKey]).isEmpty)
    // The same name and id with another text, or with a signature that was changed.
    let moved = try SignedNote("Another message.\n\n" + Self.exampleNote.dropFirst(text.count + 1) + lines)
    #expect(throws: NoteFault.self) { try moved.verify([key]) }
    #expect(throws: NoteFault.self) { try moved.verify([third.verifierKey, other.verifierKey]) }
    #expect(try moved.verify([third.verifierKey]).isEmpty)
    let short = try SignedNote("a\n\n" + NoteLines.line(key, [1, 2, 3]))
    #expect(throws: NoteFault.self) { try short.verify([key]) }
    let good = other.sign("x\n")
    let twice = try SignedNote(good + NoteLines.line(other.verifierKey, .init(repeating: 0, count: 64)))
    #expect(throws: NoteFault.self) { try twice.verify([other.verifierKey]) }
  }

  @Test func hostileNotesAreRefused() throws {
    let line = "\u{2014} example.com/foo Uw2QOkn8srU=\n"
    _ = try SignedNote("a\n\n" + line)
    let bad = [
      "", "\n", "\n\n", "a", "a\n", "a\n\n", "a\n" + line, line, "a\n\n" + line.dropLast(), "a\n\n" + line + "\n",
      "a\n\n" + line + line, "a\r\n\r\n" + line, "a\n\n" + line.dropLast() + "\r\n", "a\tb\n\n" + line,
      "a\0\n\n" + line, "a\u{1B}[31m\n\n" + line, "a\u{7F}\n\n" + line, "a\u{9B}\n\n" + line,
      "a\n\n- example.com/foo Uw2QOkn8srU=\n", "a\n\n\u{2014}example.com/foo Uw2QOkn8srU=\n",
      "a\n\n\u{2014} example.com/foo\n", "a\n\n\u{2014} example.com/foo \n", "a\n\n\u{2014}  Uw2QOkn8srU=\n",
      "a\n\n\u{2014} example.com foo Uw2QOkn8srU=\n", "a\n\n\u{2014} example.com+foo Uw2QOkn8srU=\n",
      "a\n\n\u{2014} example.com\u{A0}foo Uw2QOkn8srU=\n", "a\n\n\u{2014} example.com/foo Uw2QOkn8srU= \n",
      "a\n\n\u{2014} example.com/foo Uw2QOkn8srU\n", "a\n\n\u{2014} example.com/foo Uw2QOkn8srV=\n",
      "a\n\n\u{2014} example.com/foo Uw2QOg==\n", "a\n\n\u{2014} example.com/foo Uw2QOk_8srU=\n",
      "a\n\n\u{2014} example.com/foo Uw2Q\nOkn8srU=\n", "a\n\n" + line + "b\n",
      String(repeating: "a", count: 1_000_001) + "\n\n" + line,
      "a\n\n" + (0..<65).map { NoteLines.line("k\($0)", [1, 2, 3, 4, 5]) }.joined(),
    ]
    for note in bad { #expect(throws: NoteFault.self, "\(note.prefix(80).debugDescription)") { try SignedNote(note) } }
    #expect(throws: NoteFault.self) { try SignedNote(bytes: [0x61, 0xFF, 0x0A, 0x0A] + Array(line.utf8)) }
    #expect(try SignedNote(bytes: Array("a\n\n\(line)".utf8)).signatures.count == 1)
    let many = (0..<64).map { NoteLines.line("k\($0)", [1, 2, 3, 4, 5]) }.joined()
    #expect(try SignedNote("a\n\n" + many).signatures.count == 64)
  }

  @Test func hostileKeysAreRefused() {
    let bad = [
      "", "+", "++", "example.com/foo", "example.com/foo+530d903a", "example.com/foo+530d903a+",
      "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+0530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k ",
      " example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ]
    for key in bad { #expect(VerifierKey(key) == nil, "\(key)") }
    let secret = Self.neumannKey
    for key in [
      "", "PRIVATE+KEY+", String(secret.dropLast()), secret + "A", secret.replacing("c74f", with: "c74e"),
      secret.replacing("PRIVATE", with: "private"), secret.replacing("Peter", with: "Paul"),
      secret.replacing("+AYEK", with: "+BIEK"), secret.replacing("PRIVATE+KEY+", with: ""),
    ] {
      #expect(NoteSigner(key) == nil, "\(key)")
    }
    #expect(VerifierKey(name: "a", algorithm: .ed25519, publicKey: .init(repeating: 1, count: 31)) == nil)
    #expect(VerifierKey(name: "a", algorithm: .ed25519, publicKey: []) == nil)
  }

  @Test func mutatedNotesAndKeysParseOnlyToThemselvesAndNeverVerify() throws {
    var generator = Seeded(state: 31)
    let key = try #require(VerifierKey(Self.exampleKey))
    for _ in 0..<4000 {
      let text = Fuzz.mutate(Self.exampleNote, &generator)
      if let note = try? SignedNote(text) {
        #expect(note.description.utf8.elementsEqual(text.utf8))
        let signers = (try? note.verify([key])) ?? []
        #expect(signers.isEmpty || text.utf8.elementsEqual(Self.exampleNote.utf8))
      }
      let keyText = Fuzz.mutate(Self.exampleKey, &generator)
      if let parsed = VerifierKey(keyText) { #expect(parsed.description.utf8.elementsEqual(keyText.utf8)) }
      let secret = Fuzz.mutate(Self.neumannKey, &generator)
      if let parsed = NoteSigner(secret) { #expect(parsed.text.utf8.elementsEqual(secret.utf8)) }
    }
  }
}

/// Signature lines with any content.
enum NoteLines {
  static func line(_ name: String, _ blob: [UInt8]) -> String { "\u{2014} \(name) \(base64(blob))\n" }

  static func line(_ key: VerifierKey, _ signature: [UInt8]) -> String { line(key.name, key.id + signature) }

  /// Base64 a second time, by bits.
  static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - UInt8($0)) & 1 } }
    while bits.count % 6 != 0 { bits.append(0) }
    let text = stride(from: 0, to: bits.count, by: 6).map { start in
      letters[bits[start..<start + 6].reduce(0) { $0 << 1 | Int($1) }]
    }
    return String(text) + String(repeating: "=", count: (3 - bytes.count % 3) % 3)
  }
}
