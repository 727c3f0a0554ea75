import AccessLog
import Model
import Testing

@testable import RegisterServer

@Suite struct OutsideExchangeTests {
  private let cosigner = OutsideCosigner()

  private func read(
    _ status: Int, _ body: String, old: Int64 = 3, note: String
  ) throws(OutsideProblem) -> WitnessExchange.Answer {
    guard let key = try? cosigner.verifierKey() else { throw .malformed }
    return try WitnessExchange(key: key).read(
      HTTPPost.Answer(status: status, body: Array(body.utf8)), old: old, note: note)
  }

  @Test func theBodyIsOfTheProtocolsForm() throws {
    let log = try OutsideTestLog()
    let note = log.note(5)
    let proof = [TreeHash.leaf([1]), TreeHash.ofEmptyTree]
    let body = String(decoding: WitnessExchange.body(old: 3, proof: proof, note: note), as: UTF8.self)
    #expect(body == "old 3\n\(proof[0].base64)\n\(proof[1].base64)\n\n\(note)")
    #expect(WitnessExchange.body(old: 0, proof: [], note: note) == Array("old 0\n\n\(note)".utf8))
  }

  @Test func aCosignatureOfTheNoteIsTaken() throws {
    let log = try OutsideTestLog()
    let line = try cosigner.line(log.checkpoint(5).text)
    #expect(try read(200, line + "\n", note: log.note(5)) == .cosigned(try #require(NoteSignature(line))))
  }

  @Test func linesOfOtherKeysArePassedOver() throws {
    let log = try OutsideTestLog()
    let text = log.checkpoint(5).text
    let line = try cosigner.line(text)
    let others = try [
      OutsideCosigner("other.example").line(text), OutsideCosigner(cosigner.name).line(text, damage: 1),
    ]
    let wanted = WitnessExchange.Answer.cosigned(try #require(NoteSignature(line)))
    #expect(try read(200, "\(others[0])\n\(line)\n\(others[1])\n", note: log.note(5)) == wanted)
    #expect(throws: OutsideProblem.noCosignature) {
      try read(200, others.map { "\($0)\n" }.joined(), note: log.note(5))
    }
  }

  @Test func aCosignatureThatIsNotOfThisNoteIsRefused() throws {
    let log = try OutsideTestLog()
    let note = log.note(5)
    let text = log.checkpoint(5).text
    let bad = try [
      cosigner.line(log.checkpoint(4).text), cosigner.line(text, damage: 1), cosigner.line(text + "more\n"),
      cosigner.line(text, time: 1 << 63), cosigner.line(try OutsideTestLog(origin: "other").checkpoint(5).text),
    ]
    for line in bad {
      #expect(throws: OutsideProblem.badCosignature) { try read(200, line + "\n", note: note) }
      // One that is good beside it does not help: the witness's key is in doubt.
      let good = try cosigner.line(text)
      #expect(throws: OutsideProblem.badCosignature) { try read(200, "\(good)\n\(line)\n", note: note) }
    }
  }

  @Test func anAnswerThatIsNoListOfSignaturesIsRefused() throws {
    let log = try OutsideTestLog()
    let line = try cosigner.line(log.checkpoint(5).text)
    let many = String(repeating: "\(try OutsideCosigner("o").line("x\n"))\n", count: 64)
    let bad = [
      "", "\n", line, "\(line)\n\n", "\n\(line)\n", "\(line)\r\n", " \(line)\n", "<html></html>\n",
      "\(line)\n\u{2014} x !!!\n", "\(line) more\n", many + line + "\n",
    ]
    for body in bad {
      #expect(throws: OutsideProblem.malformed) { try read(200, body, note: log.note(5)) }
    }
    let key = try cosigner.verifierKey()
    #expect(throws: OutsideProblem.malformed) {
      try WitnessExchange(key: key).read(
        HTTPPost.Answer(status: 200, body: Array(line.utf8) + [0xFF, 0x0A]), old: 0, note: log.note(5))
    }
  }

  @Test func theSizeOfAConflictIsRead() throws {
    #expect(try read(409, "0\n", note: "") == .has(0))
    #expect(try read(409, "20852014\n", note: "") == .has(20_852_014))
    #expect(try read(409, "\(Int64.max)\n", note: "") == .has(Int64.max))
    let bad = ["", "\n", "5", "05\n", "-1\n", "+5\n", " 5\n", "5 \n", "5\n\n", "5\r\n", "9223372036854775808\n", "٥\n"]
    for body in bad { #expect(throws: OutsideProblem.malformed) { try read(409, body, note: "") } }
  }

  @Test(arguments: [
    (400, OutsideProblem.notUnderstood), (403, .unknownKey), (404, .unknownLog), (422, .forked(3)), (500, .status(500)),
    (302, .status(302)), (204, .status(204)), (101, .status(101)),
  ])
  func otherAnswersSayWhatIsWrong(_ status: Int, _ problem: OutsideProblem) throws {
    #expect(throws: problem) { try read(status, "5\n", note: "") }
    #expect(problem.isAlarm == (status == 422))
    #expect(Set([problem.text.en, problem.text.fi, problem.text.sv]).count == 3)
  }

  @Test func mutatedAnswersNeverGiveALineThatDoesNotVerify() throws {
    let log = try OutsideTestLog()
    let (note, text) = (log.note(5), log.checkpoint(5).text)
    let key = try cosigner.verifierKey()
    let body = Array("\(try OutsideCosigner("other").line(text))\n\(try cosigner.line(text))\n".utf8)
    var random = OutsideGenerator(state: 7)
    var taken = 0
    for _ in 0..<3000 {
      var mutated = body
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let place = Int.random(in: mutated.indices, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: mutated[place] = UInt8.random(in: 0...255, using: &random)
        case 1: mutated.remove(at: place)
        default: mutated.insert(contentsOf: mutated[place...].prefix(9), at: place)
        }
      }
      let answer = HTTPPost.Answer(status: 200, body: mutated)
      guard case .cosigned(let line) = try? WitnessExchange(key: key).read(answer, old: 0, note: note) else { continue }
      taken += 1
      #expect(try SignedNote("\(note)\(line)\n").verify([key, log.signer.verifierKey]).count == 2)
    }
    #expect(taken > 500)
  }

  @Test func addressesAreReadStrictly() throws {
    let address = try #require(HTTPAddress("http://[::1]:8100/w"))
    #expect((address.host, address.port, address.path, address.authority) == ("::1", 8100, "/w/", "[::1]:8100"))
    #expect("\(try #require(HTTPAddress("https://witness.example")))" == "https://witness.example/")
    let bad = [
      "", "witness.example", "ftp://witness.example/", "http://", "http://:80/", "http://a:/", "http://a:0/",
      "http://a:65536/", "http://a:+80/", "http://a:080000/", "http://user@a/", "http://a/?q", "http://a/#f",
      "http://a b/", "http://a/\r\nX: y", "http://[::1/", "http://[]/", "http://[x]/", "http://a]/", "http://ä/",
    ]
    for text in bad { #expect(HTTPAddress(text) == nil, "\(text)") }
  }

  @Test func aWitnessNeedsAKeyOfCosignatures() throws {
    let key = "\(try cosigner.verifierKey())"
    #expect(try WitnessSettings(url: "http://127.0.0.1:8100/", key: key).key.name == cosigner.name)
    let logKey = "\(try OutsideTestLog().signer.verifierKey)"
    #expect(throws: ServerFault.self) { try WitnessSettings(url: "http://127.0.0.1:8100/", key: logKey) }
    #expect(throws: ServerFault.self) { try WitnessSettings(url: "127.0.0.1:8100", key: key) }
  }

  @Test func pausesGrowToTheLongest() {
    let timing = OutsideTiming()
    #expect(timing.pause(failures: 0) == timing.paceMilliseconds)
    #expect((1...8).map { timing.pause(failures: $0, random: 0) } == [1, 2, 4, 8, 16, 32, 60, 60].map { $0 * 1000 })
    #expect(timing.pause(failures: 1_000_000, random: 1) == 45_000)
  }
}

/// Numbers that are the same in each run (SplitMix64).
struct OutsideGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
