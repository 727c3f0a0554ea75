import Model
import Testing
import Wire

@testable import RegisterClient

@Suite(.timeLimit(.minutes(1)))
struct ConnectionTests {
  @Test func helloSettlesVersionAndLanguage() async throws {
    let seen = Seen()
    let server = ScriptedServer { peer in
      peer.greet()
      seen.add(peer.line())
      peer.send(#"1 OK done {"rid":"a"}"#)
      seen.add(peer.line())
      peer.send(#"2 OK done {}"#)
      seen.add(peer.line())
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    try await connection.hello(.finnish)
    #expect(connection.greeting.creditRows == 3)
    #expect(connection.greeting.capabilities == ["credit"])
    #expect(!connection.isEncrypted)
    await connection.quit()
    #expect(seen.all.prefix(2) == ["1 hello proto=rek/1 lang=fi", "2 quit"])
  }

  @Test func creditIsGivenAsRowsAreTaken() async throws {
    let seen = Seen()
    let server = ScriptedServer { peer in
      peer.greet()
      seen.add(peer.line())
      for batch in 0..<3 {
        for row in 0..<3 { peer.send("1 * {\"n\":\(batch * 3 + row)}") }
        peer.send(#"1 ? {"need":"credit"}"#)
        seen.add(peer.line())
      }
      peer.send(#"1 OK done {"rows":9}"#)
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    let (rows, final) = try await connection.run(Command(verb: "person.list")).collect()
    #expect(rows.map { $0.value["n"]?.int } == (0..<9).map { Int64($0) })
    #expect(rows.first?.text == #"{"n":0}"#)
    #expect(final.code == "done")
    #expect(seen.all == ["1 person.list"] + Array(repeating: #"1 > {"credit":3}"#, count: 3))
    connection.close()
  }

  @Test func answersOfManyCommandsMayComeInAnyOrder() async throws {
    let server = ScriptedServer { peer in
      peer.greet(credit: 500)
      for _ in 0..<3 { _ = peer.line() }
      peer.send(
        #"3 * {"n":3}"#, #"1 * {"n":1}"#, #"3 OK done {}"#, #"2 NO notfound {"msg":"Ei ole."}"#, #"1 OK done {}"#)
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    let commands = try (0..<3).map { _ in try connection.run(Command(verb: "ping")) }
    let results = try await [commands[0].collect(), commands[1].collect(), commands[2].collect()]
    #expect(results.map { $0.rows.map(\.text) } == [[#"{"n":1}"#], [], [#"{"n":3}"#]])
    #expect(results.map(\.final.code) == ["done", "notfound", "done"])
    connection.close()
  }

  @Test func bulkInputGoesInPiecesAndEndsWithNull() async throws {
    let text = String(repeating: "Åsa;Meinander;\"1\"\r\n", count: 3000)
    let received = Seen()
    let server = ScriptedServer { peer in
      peer.greet()
      _ = peer.line()
      peer.send(#"1 ? {"need":"rows"}"#)
      var pieces = ""
      while let line = peer.line(), line != "1 > null" {
        pieces += (try? JSON.parse(String(line.dropFirst(4))))?.string ?? "<\(line)>"
        peer.send(#"1 ~ {"done":1}"#)
      }
      received.add(pieces)
      peer.send(#"1 OK done {"imported":3000}"#)
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    let running = try connection.run(
      Command(words: ["person.import", "format=csv"]) ?? Command(verb: ""),
      input: BulkInput(Array(text.utf8), form: .text))
    let final = try await running.collect().final
    #expect(final.object["imported"]?.int == 3000)
    #expect(received.all == [text])
    connection.close()
  }

  @Test func aBadRowCancelsTheImportAndIsTold() async throws {
    let seen = Seen()
    let server = ScriptedServer { peer in
      peer.greet()
      _ = peer.line()
      peer.send(#"1 ? {"need":"rows"}"#)
      seen.add(peer.line())
      peer.send(#"1 NO cancelled {}"#, "2 OK done {}")
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    let running = try connection.run(Command(verb: "person.import"), input: BulkInput([0x5B, 0x5D], form: .objects))
    await #expect(throws: ClientError.self) { try await running.collect() }
    #expect(seen.all == ["2 cancel of=1"])
    connection.close()
  }

  @Test func aCommandThatWantsRowsWithoutAnyIsCancelled() async throws {
    let seen = Seen()
    let server = ScriptedServer { peer in
      peer.greet()
      _ = peer.line()
      peer.send(#"1 ? {"need":"rows"}"#)
      seen.add(peer.line())
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    await #expect(throws: ClientError.usage(ClientText.inputNeeded)) {
      try await connection.run(Command(verb: "x")).collect()
    }
    while seen.all.isEmpty { await Task.yield() }
    #expect(seen.all == ["2 cancel of=1"])
  }

  @Test func cancellingStillGetsTheFinalLine() async throws {
    let seen = Seen()
    let server = ScriptedServer { peer in
      peer.greet()
      _ = peer.line()
      peer.send(#"1 * {"n":1}"#)
      seen.add(peer.line())
      peer.send("2 OK done {}", #"1 NO cancelled {}"#)
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    let running = try connection.run(Command(verb: "log.find"))
    var final: CommandResult?
    for try await element in running {
      if case .row = element { running.cancel() }
      if case .final(let last) = element { final = last }
    }
    #expect(final?.code == "cancelled")
    #expect(seen.all == ["2 cancel of=1"])
    connection.close()
  }

  @Test func aCancelledTaskCancelsItsCommandOnTheServer() async throws {
    let seen = Seen()
    let server = ScriptedServer { peer in
      peer.greet()
      seen.add(peer.line())
      seen.add(peer.line())
      peer.send("2 OK done {}", #"1 NO cancelled {}"#)
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    let task = Task { try await connection.run(Command(verb: "slow")).collect().final }
    while seen.all.isEmpty { await Task.yield() }
    task.cancel()
    // Whichever is sooner: the task notices, or the server's last line comes.
    switch await task.result {
    case .success(let final): #expect(final.code == "cancelled")
    case .failure(let error): #expect(error is CancellationError)
    }
    while seen.all.count < 2 { await Task.yield() }
    #expect(seen.all == ["1 slow", "2 cancel of=1"])
    connection.close()
  }

  @Test func otherNeedsAreAnsweredByTheCaller() async throws {
    let seen = Seen()
    let server = ScriptedServer { peer in
      peer.greet()
      _ = peer.line()
      peer.send(#"1 ? {"need":"otp"}"#)
      seen.add(peer.line())
      peer.send("1 OK done {}")
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    let running = try connection.run(Command(verb: "breakglass.take")) { need in
      need["need"]?.string == "otp" ? ["otp": "123456"] : nil
    }
    #expect(try await running.collect().final.status == .ok)
    #expect(seen.all == [#"1 > {"otp":"123456"}"#])
    connection.close()
  }

  @Test func eventsComeBesideCommands() async throws {
    let server = ScriptedServer { peer in
      peer.greet()
      _ = peer.line()
      peer.send(#"- ! {"event":"request","seq":1}"#, "1 OK done {}")
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    _ = try await connection.run(Command(verb: "watch")).collect()
    var events = connection.events.makeAsyncIterator()
    #expect(await events.next()?["seq"]?.int == 1)
    connection.close()
    #expect(await events.next() == nil)
  }

  @Test func whatCannotBeALineIsNeverSent() async throws {
    let server = ScriptedServer { peer in
      peer.greet()
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    #expect(throws: ClientError.self) { try connection.run(Command(verb: "Bad Verb")) }
    #expect(throws: ClientError.self) { try connection.run(Command(verb: "a", parameters: [Parameter(bare: "--x")])) }
    let long = Parameter(name: "text", value: String(repeating: "x", count: 70_000))
    #expect(throws: ClientError.self) { try connection.run(Command(verb: "a", parameters: [long])) }
    connection.close()
    #expect(throws: ClientError.closed) { try connection.run(Command(verb: "ping")) }
  }
}
