import Model
import Testing
import Wire

@testable import RegisterClient

/// Servers that do not keep to the protocol, or break off.
@Suite(.timeLimit(.minutes(1)))
struct HostileServerTests {
  @Test func closingInTheMiddleEndsEveryCommand() async throws {
    let server = ScriptedServer { peer in
      peer.greet()
      _ = peer.line()
      _ = peer.line()
      peer.raw(Array("1 * {\"n\":1}\n1 * {\"n\"".utf8))
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    let one = try connection.run(Command(verb: "a"))
    let two = try connection.run(Command(verb: "b"))
    await #expect(throws: ClientError.closed) { try await one.collect() }
    await #expect(throws: ClientError.closed) { try await two.collect() }
    #expect(connection.isClosed)
    #expect(throws: ClientError.closed) { try connection.run(Command(verb: "c")) }
  }

  @Test func noServerIsAConnectionFailure() async {
    await #expect {
      try await RegisterConnection.connect(to: .unixSocket(path: "/nonexistent/rekisteri.sock"))
    } throws: {
      if case ClientError.connection = $0 { ExitCode.of($0) == ExitCode.connection } else { false }
    }
  }

  @Test func aBusyServerIsTold() async {
    let server = ScriptedServer { $0.send(#"- ! {"event":"busy"}"#) }
    await #expect(throws: ClientError.busy) { try await RegisterConnection.connect(to: server.endpoint) }
  }

  @Test(arguments: [
    "HTTP/1.1 400 Bad Request\r", "220 mail.example ESMTP", #"- ! {"event":"hello","proto":["rek/9"]}"#,
    #"- ! {"event":"hello""#, "- * {}", #"7 * {"n":1}"#, "", "\u{0}", "- ! nonsense",
  ])
  func anotherGreetingIsRefused(_ line: String) async {
    let server = ScriptedServer { $0.send(line) }
    await #expect {
      try await RegisterConnection.connect(to: server.endpoint)
    } throws: {
      if case ClientError.protocol = $0 { true } else { false }
    }
  }

  @Test(arguments: [
    "1 * {\"n\":}", "1 * {\"a\":1,\"a\":2}", "1 OK done", "1 OK done []", "1 YES done {}", "9 * {}", "1 ! {}", "-  ",
    "1 * \"\\ud800\"", "1 OK Done {}", "1 * {} x", "\u{1B}[2J", "- ! {\"event\":\"hello\",\"proto\":[\"rek/1\"]}",
  ])
  func aLineThatIsNotOfTheProtocolClosesTheConnection(_ line: String) async throws {
    let failure = try await failure(Array((line + "\n").utf8))
    guard case .protocol = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
  }

  @Test func bytesThatAreNoTextCloseTheConnection() async throws {
    #expect(try await failure([0x31, 0x20, 0x2A, 0x20, 0x22, 0xFF, 0x22, 0x0A]) == .protocol("encoding"))
    #expect(try await failure(Array("1 * 1\rx\n".utf8)) == .protocol("syntax"))
  }

  @Test func aLineWithoutEndIsCutOff() async throws {
    let endless = Array("1 * \"".utf8) + [UInt8](repeating: 0x78, count: Limits.serverLineBytesMax + 10)
    #expect(try await failure(endless) == .protocol("toolong"))
  }

  @Test func jsonNestedTooDeeplyIsRefused() async throws {
    let deep = "1 * " + String(repeating: "[", count: 100_000) + "\n"
    guard case .protocol = try await failure(Array(deep.utf8)) else {
      Issue.record("deep nesting was read")
      return
    }
  }

  @Test func moreRowsThanCreditEndTheConnection() async throws {
    let rows = String(repeating: "1 * 1\n", count: 2000)
    let server = ScriptedServer { peer in
      peer.greet(credit: 3)
      _ = peer.line()
      peer.raw(Array(rows.utf8))
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    let running = try connection.run(Command(verb: "a"))
    // Nobody takes a row, so they gather until the server has gone too far.
    while !connection.isClosed { await Task.yield() }
    await #expect {
      try await running.collect()
    } throws: {
      if case ClientError.protocol = $0 { true } else { false }
    }
  }

  @Test func aRefusalOfOurLineIsTold() async throws {
    let failure = try await failure(Array("- BAD toolong {\"msg\":\"x\"}\n".utf8))
    guard case .line(let final) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(final.code == "toolong")
    #expect(final.message == "x")
  }

  @Test func mutatedAnswersNeverBreakTheReader() {
    var generator = Seeded(state: 42)
    let valid = [
      #"1 * {"id":"0192","name":"Åsa","n":[1,2.5,null]}"#, #"1 ~ {"done":1,"total":2}"#, #"1 ? {"need":"credit"}"#,
      #"1 OK done/partial {"rows":1,"rid":"x"}"#, #"- ! {"event":"gap","lost":2}"#, "- BAD syntax {}",
    ]
    var understood = 0
    for round in 0..<6000 {
      var bytes = Array(valid[round % valid.count].utf8)
      for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0...2, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 1...126, using: &generator)
        case 1: bytes.remove(at: place)
        default: bytes.insert(UInt8.random(in: 32...126, using: &generator), at: place)
        }
      }
      guard String(validating: bytes, as: UTF8.self) != nil else { continue }
      guard case .arrival(_, .row(let row)) = try? MessageReader.read(bytes) else { continue }
      understood += 1
      #expect((try? JSON.parse(row.text)) == row.value)
    }
    #expect(understood > 100)
  }

  /// How a command ends when the server answers it with these bytes.
  private func failure(_ bytes: [UInt8]) async throws -> ClientError? {
    let server = ScriptedServer { peer in
      peer.greet()
      _ = peer.line()
      peer.raw(bytes)
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    let running = try connection.run(Command(verb: "a"))
    do {
      _ = try await running.collect()
      return nil
    } catch let error as ClientError {
      #expect(connection.isClosed)
      return error
    }
  }
}
