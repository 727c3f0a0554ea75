import Glibc
import Logging
import Model
import Register
import Synchronization
import Testing
import Wire

@testable import RegisterServer

/// Runs made-up commands: `read.rows n=`, `write.count`, `read.sleep`, `write.echo`.
private final class FakeRunner: CommandRunner {
  let sent = Mutex(0)
  let open = Mutex(0)

  func effect(of verb: String) -> CommandSpec.Effect? { Conversation.effect(of: verb) }

  func isBrief(_ verb: String) -> Bool { verb == "read.rows" }

  func run(_ call: SessionCall, port: CommandPort) async -> FinalLine {
    do {
      switch call.command.verb {
      case "read.rows":
        let row = Array(("\"" + String(repeating: "x", count: 400) + "\"").utf8)
        for _ in 0..<(Int(call.command["n"] ?? "") ?? 0) {
          try await port.send(json: row)
          sent.withLock { $0 += 1 }
        }
      case "read.sleep": try await Task.sleep(for: .seconds(60))
      case "write.echo":
        var rows: Int64 = 0
        while try await port.nextFeed() != nil { rows += 1 }
        return FinalLine(status: .ok, code: "done", object: ["rows": .int(rows)])
      default: break
      }
      return FinalLine(status: .ok, code: "done", object: [:])
    } catch {
      return FinalLine(status: .no, code: "cancelled", object: [:])
    }
  }

  func opened(
    _ opened: OpenedSession, end: @escaping @Sendable () -> Void, notify: @escaping @Sendable (JSONObject) -> Void
  ) { open.withLock { $0 += 1 } }

  func closed(connection: SessionID) { open.withLock { $0 -= 1 } }
}

private struct FakeAuthenticator: SessionAuthenticator {
  func begin(name: String) async -> any AuthenticationAttempt {
    KnownAttempt(verifier: ScramVerifier.decoy(user: name, key: [1]), isKnown: false)
  }

  func external(unixUser: String, from origin: Authentication.Origin) async throws(RegisterError) -> SessionAccount {
    guard unixUser == PeerAccount.name(of: geteuid()) else {
      throw RegisterError("auth/failed", SessionText.authFailed)
    }
    return Conversation.account
  }

  func certificate(from origin: Authentication.Origin) async throws(RegisterError) -> (
    attempt: any AuthenticationAttempt, step: PasswordStep
  ) { throw RegisterError("auth/failed", SessionText.authFailed) }

  func resume(_ token: String, from origin: Authentication.Origin) async throws(RegisterError) -> SessionAccount {
    throw RegisterError("auth/failed", SessionText.authFailed)
  }
}

/// A client that blocks, on the Unix socket.
private final class Client {
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  init(_ path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else { throw ServerFault("cannot connect") }
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// A client that has logged in.
  static func loggedIn(_ path: String) throws -> Client {
    let client = try Client(path)
    _ = client.line()
    client.say("1 auth mech=EXTERNAL ir=\"\"")
    guard client.line().hasPrefix("1 OK done ") else { throw ServerFault("cannot log in") }
    return client
  }

  func say(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// The next line; empty at the end.
  func line() -> String {
    while true {
      if let end = buffer.firstIndex(of: 0x0A) {
        let line = String(decoding: buffer[..<end], as: UTF8.self)
        buffer.removeSubrange(...end)
        return line
      }
      var piece = [UInt8](repeating: 0, count: 65_536)
      let count = recv(descriptor, &piece, piece.count, 0)
      guard count > 0 else { return "" }
      buffer += piece[..<count]
    }
  }

  func lines(_ count: Int) -> [String] { (0..<count).map { _ in head(line()) } }
}

struct SocketTests {
  /// Runs a server, and a client's part on a thread that may block.
  private func serve<Value: Sendable>(
    max: Int = 100, _ runner: FakeRunner = FakeRunner(), _ client: @escaping @Sendable (String) throws -> Value
  ) async throws -> Value {
    let path = "/tmp/register-server-\(UInt64.random(in: 0...UInt64.max)).sock"
    let shared = Listener.Shared(
      runner: runner, authenticator: FakeAuthenticator(), table: ConnectionTable(max: max, maxPerAddress: max),
      logger: Logger(label: "test"))
    let listener = Listener(shared: shared, threads: 1)
    try await listener.listen(path: path, mode: 0o600)
    let result = await withCheckedContinuation { continuation in
      DetachedThread.run { continuation.resume(returning: Result { try client(path) }) }
    }
    await listener.stop()
    unlink(path)
    #expect(shared.table.count == 0)
    return try result.get()
  }

  @Test func aPipelinedSessionOnTheUnixSocket() async throws {
    let lines = try await serve { path in
      let client = try Client.loggedIn(path)
      client.say("2 write.count\n3 read.rows n=2\n4 ping")
      let lines = client.lines(5)
      client.say("5 quit")
      return lines + client.lines(2)
    }
    #expect(Set(lines[..<5]).isSuperset(of: ["2 OK done", "3 OK done", "4 OK done"]))
    #expect(lines[5...] == ["5 OK done", ""])
  }

  @Test func aHundredThousandRowsToASlowReaderWaitWhereTheyAreMade() async throws {
    let runner = FakeRunner()
    let (early, rows) = try await serve(runner) { path in
      let client = try Client.loggedIn(path)
      client.say("2 read.rows n=100000\n2 > {\"credit\":1000000}")
      usleep(300_000)
      let early = runner.sent.withLock { $0 }
      var rows = 0
      while client.line().hasPrefix("2 *") { rows += 1 }
      return (early, rows)
    }
    #expect(early < 20_000)
    #expect(rows == 100_000)
  }

  @Test func bulkInputComesThroughWhole() async throws {
    let lines = try await serve { path in
      let client = try Client.loggedIn(path)
      client.say("2 write.echo")
      let need = client.line()
      for number in 0..<50 {
        client.say((0..<100).map { "2 > {\"n\":\(number * 100 + $0)}" }.joined(separator: "\n"))
      }
      client.say("2 > null")
      return [need, client.line()]
    }
    #expect(lines[0] == #"2 ? {"need":"rows"}"#)
    #expect(try value(lines[1], "rows") == 5000)
  }

  @Test func aCommandThatSleepsIsCancelled() async throws {
    let lines = try await serve { path in
      let client = try Client.loggedIn(path)
      client.say("2 read.sleep\n3 cancel of=2")
      return client.lines(2)
    }
    #expect(lines == ["3 OK done", "2 NO cancelled"])
  }

  @Test func oneConnectionTooManyIsToldSo() async throws {
    let lines = try await serve(max: 1) { path in
      let first = try Client.loggedIn(path)
      let second = try Client(path)
      let lines = [second.line(), second.line()]
      first.say("2 ping")
      return lines + first.lines(1)
    }
    #expect(lines == [#"- ! {"event":"busy"}"#, "", "2 OK done"])
  }

  @Test func anAbandonedConnectionLeavesNothingBehind() async throws {
    let runner = FakeRunner()
    try await serve(runner) { path in
      for _ in 0..<20 {
        let client = try Client.loggedIn(path)
        client.say("2 read.sleep\n3 read.rows n=100000\n4 write.echo")
      }
    }
    #expect(runner.open.withLock { $0 } == 0)
  }
}
