import FoundationEssentials
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
    _ session: SessionID, account: SessionAccount, address: String, end: @escaping @Sendable () -> Void,
    notify: @escaping @Sendable (JSONObject) -> Void
  ) { open.withLock { $0 += 1 } }

  func closed(_ session: SessionID) { open.withLock { $0 -= 1 } }
}

private struct FakeAuthenticator: SessionAuthenticator {
  func begin(name: String) async -> any AuthenticationAttempt {
    KnownAttempt(verifier: ScramVerifier.decoy(user: name, key: [1]), isKnown: false)
  }

  func external(unixUser: String, session: SessionID) async throws(RegisterError) -> SessionAccount {
    guard unixUser == PeerAccount.name(of: geteuid()) else { throw RegisterError("auth/failed", SessionText.authFailed) }
    return Conversation.account
  }
}

/// A client that blocks, on the Unix socket.
private struct Client: ~Copyable {
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
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  func say(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL.rawValue))
  }

  /// The next line; nil at the end.
  mutating func line() -> String? {
    while true {
      if let end = buffer.firstIndex(of: 0x0A) {
        let line = String(decoding: buffer[..<end], as: UTF8.self)
        buffer.removeSubrange(...end)
        return line
      }
      var piece = [UInt8](repeating: 0, count: 65_536)
      let count = recv(descriptor, &piece, piece.count, 0)
      guard count > 0 else { return nil }
      buffer += piece[..<count]
    }
  }

  mutating func logIn() {
    _ = line()
    say("1 auth mech=EXTERNAL ir=\"\"")
    #expect(line().map(head) == "1 OK done")
  }
}

struct SocketTests {
  private func withServer(
    max: Int = 100, _ body: (String, FakeRunner) async throws -> Void
  ) async throws {
    let path = "/tmp/register-server-\(UInt64.random(in: 0...UInt64.max)).sock"
    let runner = FakeRunner()
    let shared = Listener.Shared(
      runner: runner, authenticator: FakeAuthenticator(), table: ConnectionTable(max: max, maxPerAddress: max),
      logger: Logger(label: "test"))
    let listener = Listener(shared: shared, threads: 1)
    try await listener.listen(path: path, mode: 0o600)
    try await body(path, runner)
    await listener.stop()
    unlink(path)
    #expect(shared.table.count == 0)
    #expect(runner.open.withLock { $0 } <= 0)
  }

  @Test func aPipelinedSessionOnTheUnixSocket() async throws {
    try await withServer { path, _ in
      var client = try Client(path)
      client.logIn()
      client.say("2 write.count\n3 read.rows n=2\n4 ping")
      var lines: [String] = []
      for _ in 0..<5 { lines.append(try #require(client.line())) }
      #expect(Set(lines.map(head)).isSuperset(of: ["2 OK done", "3 OK done", "4 OK done"]))
      client.say("5 quit")
      #expect(client.line().map(head) == "5 OK done")
      #expect(client.line() == nil)
    }
  }

  @Test func aHundredThousandRowsToASlowReaderWaitWhereTheyAreMade() async throws {
    try await withServer { path, runner in
      var client = try Client(path)
      client.logIn()
      client.say("2 read.rows n=100000\n2 > {\"credit\":1000000}")
      try await Task.sleep(for: .milliseconds(300))
      #expect(runner.sent.withLock { $0 } < 20_000)
      var rows = 0
      while let line = client.line(), line.hasPrefix("2 *") { rows += 1 }
      #expect(rows == 100_000)
    }
  }

  @Test func bulkInputComesThroughWhole() async throws {
    try await withServer { path, _ in
      var client = try Client(path)
      client.logIn()
      client.say("2 write.echo")
      #expect(client.line() == #"2 ? {"need":"rows"}"#)
      for number in 0..<50 {
        client.say((0..<100).map { "2 > {\"n\":\(number * 100 + $0)}" }.joined(separator: "\n"))
      }
      client.say("2 > null")
      let final = try #require(client.line())
      #expect(try value(final, "rows") == 5000)
    }
  }

  @Test func aCommandThatSleepsIsCancelled() async throws {
    try await withServer { path, _ in
      var client = try Client(path)
      client.logIn()
      client.say("2 read.sleep\n3 cancel of=2")
      #expect(client.line().map(head) == "3 OK done")
      #expect(client.line().map(head) == "2 NO cancelled")
    }
  }

  @Test func oneConnectionTooManyIsToldSo() async throws {
    try await withServer(max: 1) { path, _ in
      var first = try Client(path)
      first.logIn()
      var second = try Client(path)
      #expect(second.line() == #"- ! {"event":"busy"}"#)
      #expect(second.line() == nil)
    }
  }

  @Test func anAbandonedConnectionLeavesNothingBehind() async throws {
    try await withServer { path, _ in
      for _ in 0..<20 {
        var client = try Client(path)
        client.logIn()
        client.say("2 read.sleep\n3 read.rows n=100000\n4 write.echo")
      }
    }
  }
}
