import Testing

@testable import Wire

@Suite struct ReplyLineTests {
  private struct Stop: Error {}

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func everyKindHasItsSign() {
    let signs: [ReplyLine.Kind: String] = [.row: "*", .progress: "~", .need: "?", .event: "!"]
    #expect(signs.count == ReplyLine.Kind.allCases.count)
    for (kind, sign) in signs {
      #expect(text(ReplyLine.item(tag: "7", kind: kind, json: ["a": 1])) == "7 \(sign) {\"a\":1}\n")
    }
    #expect(text(ReplyLine.item(tag: nil, kind: .event, json: ["event": "busy"])) == "- ! {\"event\":\"busy\"}\n")
  }

  @Test func everyStatusHasItsWord() {
    #expect(text(ReplyLine.final(tag: "1", status: .ok, code: "done")) == "1 OK done {}\n")
    #expect(
      text(ReplyLine.final(tag: "1", status: .no, code: "denied/role", object: ["rid": "x"]))
        == "1 NO denied/role {\"rid\":\"x\"}\n")
    #expect(text(ReplyLine.final(tag: nil, status: .bad, code: "syntax")) == "- BAD syntax {}\n")
  }

  @Test func linesAppendAndAThrownErrorLeavesNothingBehind() {
    var bytes = utf8("before\n")
    #expect(throws: Stop.self) {
      try ReplyLine.item(tag: "1", kind: .row, into: &bytes) { writer in
        writer.beginObject()
        throw Stop()
      }
    }
    #expect(bytes == utf8("before\n"))
    ReplyLine.item(tag: "1", kind: .row, into: &bytes) { $0.int(1) }
    ReplyLine.final(tag: "1", status: .ok, code: "done", into: &bytes) { $0.object(["rows": 1]) }
    #expect(text(bytes) == "before\n1 * 1\n1 OK done {\"rows\":1}\n")
  }

  @Test func aClientReadsWhatTheServerWrites() throws {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<1000 {
      let tag = [nil, "a", "0123456789abc-_Z"].randomElement(using: &random) ?? nil
      let json = randomJSON(&random, depth: 3)
      let kind = try #require(ReplyLine.Kind.allCases.randomElement(using: &random))
      let item = ReplyLine.item(tag: tag, kind: kind, json: json)
      #expect(try ServerLine.parse(Array(item.dropLast())) == ServerLine(tag: tag, content: .item(kind, json)))
      let status = try #require(Status.allCases.randomElement(using: &random))
      let object: JSONObject = ["value": json]
      let final = ReplyLine.final(tag: tag, status: status, code: "a/b-1/c/d", object: object)
      let line = try ServerLine.parse(Array(final.dropLast()))
      #expect(line == ServerLine(tag: tag, content: .final(status, code: "a/b-1/c/d", object)))
    }
  }

  @Test func linesThatNoServerWritesAreRefused() {
    for line in [
      "", " ", "-", "- ", "- !", "1 * ", "1 *{}", "1  * {}", " 1 * {}", "1 & {}", "1 OK {}", "1 OK done", "1 OK done ",
      "1 OK Done {}", "1 OK done/ {}", "1 OK a/b/c/d/e {}", "1 OK done 1", "1 OK done []", "1 ok done {}", "-- * {}",
      "0123456789abcdefg * {}", "_ * {}", "ä * {}", "1 OK done {} x", "1 * {\"a\":1,\"a\":2}",
    ] {
      #expect(throws: ServerLineFault.self, "\(line)") { try ServerLine.parse(utf8(line)) }
    }
    #expect(throws: ServerLineFault.json(.duplicateKey)) { try ServerLine.parse(utf8(#"1 * {"a":1,"a":2}"#)) }
  }

  @Test func mutatedLinesNeverCrash() {
    var random = SeededGenerator(seed: 8)
    var parsed = 0
    for _ in 0..<5000 {
      let line = ReplyLine.final(tag: "12", status: .no, code: "denied/role", object: ["rid": "abc", "retry": 10])
      guard let read = try? ServerLine.parse(Array(line.dropLast()).mutated(using: &random)) else { continue }
      parsed += 1
      #expect(read.tag.map { $0.utf8.count <= 16 } ?? true)
    }
    #expect(parsed > 100)
  }
}
