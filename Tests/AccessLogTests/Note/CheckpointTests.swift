import AccessLog
import Testing

@Suite struct CheckpointTests {
  static let root = TreeHash.leaf([1])

  @Test func aCheckpointIsThreeLinesAndWhatElseTheLogAdds() throws {
    let checkpoint = Checkpoint(origin: "log.example", size: 1_234_567, root: Self.root)
    #expect(checkpoint.text == "log.example\n1234567\n\(Self.root.base64)\n")
    #expect(try Checkpoint(checkpoint.text) == checkpoint)
    let extended = try Checkpoint(checkpoint.text + "extension one\nand two\n")
    #expect(extended.extensions == ["extension one", "and two"])
    #expect(extended.text == checkpoint.text + "extension one\nand two\n")
    let empty = Checkpoint(origin: "o", size: 0, root: .ofEmptyTree)
    #expect(empty.text == "o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
    #expect(try Checkpoint(empty.text) == empty)
    #expect(try Checkpoint("o\n\(Int64.max)\n\(Self.root)\n").size == .max)
  }

  @Test func otherTextsAreRefused() {
    let root = Self.root.base64
    let bad = [
      "", "\n", "o\n", "o\n1\n", "o\n1\n\(root)", "\n1\n\(root)\n", "o\n\n\(root)\n", "o\n1\n\n", "o\n01\n\(root)\n",
      "o\n00\n\(root)\n", "o\n+1\n\(root)\n", "o\n-1\n\(root)\n", "o\n 1\n\(root)\n", "o\n1 \n\(root)\n",
      "o\n0x1\n\(root)\n",
      "o\n9223372036854775808\n\(root)\n", "o\n18446744073709551617\n\(root)\n", "o\n1\n\(root.dropLast())\n",
      "o\n1\n \(root)\n", "o\n1\n\(NoteLines.base64(.init(repeating: 1, count: 31)))\n",
      "o\n1\n\(NoteLines.base64(.init(repeating: 1, count: 33)))\n", "o\n1\n\(root)\n\n", "o\n1\n\(root)\n\nx\n",
      "o\r\n1\r\n\(root)\r\n", "o\n1\r\n\(root)\n", "o\u{7}\n1\n\(root)\n", "o\n0\n\(root)\n", "o\n١\n\(root)\n",
      "o\n1\n\(NoteLines.base64(.init(repeating: 0, count: 32)).replacing("A=", with: "B="))\n",
    ]
    for text in bad { #expect(throws: NoteFault.self, "\(text.debugDescription)") { try Checkpoint(text) } }
  }

  @Test func mutatedCheckpointsAndProofsParseOnlyToThemselves() throws {
    var generator = Seeded(state: 41)
    let signer = try #require(NoteSigner.generate(name: "log.example"))
    let checkpoint = Checkpoint(origin: "log.example", size: 9, root: Self.root)
    let proof = TlogProof(
      index: 3, hashes: TreeVectors.leafHashes(4), checkpoint: signer.sign(checkpoint.text), extra: [1, 2, 3])
    for _ in 0..<4000 {
      let text = Fuzz.mutate(checkpoint.text, &generator)
      if let parsed = try? Checkpoint(text) { #expect(parsed.text.utf8.elementsEqual(text.utf8)) }
      let proofText = Fuzz.mutate(proof.text, &generator)
      if let parsed = try? TlogProof(proofText) { #expect(parsed.text.utf8.elementsEqual(proofText.utf8)) }
    }
  }

  @Test func aProofIsReadBackFromItsText() throws {
    let signer = try #require(NoteSigner.generate(name: "log.example"))
    let note = signer.sign(Checkpoint(origin: "log.example", size: 9, root: Self.root).text)
    let hashes = TreeVectors.leafHashes(2)
    let proof = TlogProof(index: 7, hashes: hashes, checkpoint: note)
    #expect(
      proof.text == "c2sp.org/tlog-proof@v1\nindex 7\n\(hashes[0].base64)\n\(hashes[1].base64)\n\n\(note)")
    #expect(try TlogProof(proof.text) == proof)
    let withExtra = TlogProof(index: 0, hashes: [], checkpoint: note, extra: [0xFF])
    #expect(withExtra.text == "c2sp.org/tlog-proof@v1\nextra /w==\nindex 0\n\n\(note)")
    #expect(try TlogProof(withExtra.text) == withExtra)
  }

  @Test func hostileProofsAreRefused() throws {
    let note = try #require(NoteSigner.generate(name: "l")).sign(Checkpoint(origin: "l", size: 9, root: Self.root).text)
    let hash = Self.root.base64
    let head = "c2sp.org/tlog-proof@v1\n"
    _ = try TlogProof("\(head)index 1\n\(hash)\n\n\(note)")
    let bad = [
      "", head, "\(head)\n\(note)", "c2sp.org/tlog-proof@v2\nindex 1\n\n\(note)", "\(head)index 01\n\n\(note)",
      "\(head)index -1\n\n\(note)", "\(head)index \n\n\(note)", "\(head)index 9223372036854775808\n\n\(note)",
      "\(head)index 1\n\(hash.dropLast(4))\n\n\(note)", "\(head)index 1\n\(hash) \n\n\(note)",
      "\(head)index 1\n\(NoteLines.base64(.init(repeating: 1, count: 31)))\n\n\(note)",
      "\(head)index 1\n\(NoteLines.base64(.init(repeating: 1, count: 33)))\n\n\(note)", "\(head)index 1\n\(note)",
      "\(head)index 1\n\n\n\(note)", "\(head)extra \nindex 1\n\n\(note)", "\(head)extra /x==\nindex 1\n\n\(note)",
      "\(head)index 1\nextra /w==\n\n\(note)", "\(head)index 1\r\n\n\(note)", "\(head)index 1\n\n\(note.dropLast())",
      "\(head)index 1\n" + String(repeating: "\(hash)\n", count: 64) + "\n\(note)", "\(head)index 1\n\(hash)\n\n",
      "\n\(head)index 1\n\n\(note)", "\(head)index 1\nindex 1\n\n\(note)",
    ]
    for text in bad { #expect(throws: NoteFault.self, "\(text.prefix(70).debugDescription)") { try TlogProof(text) } }
  }
}
