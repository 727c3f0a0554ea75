import Glibc
import Model
import Testing
import Wire

@testable import RegisterClient

@Suite(.timeLimit(.minutes(2)))
struct KeptSessionTests {
  /// A folder of the test's own with a kept session for a server.
  private func kept(_ server: ServerEndpoint) throws -> (folders: UserFolders, path: String) {
    var template = Array("/tmp/rekisteri-kept-XXXXXX".utf8CString)
    let folder = String(cString: try #require(mkdtemp(&template)))
    let folders = UserFolders(environment: ["XDG_STATE_HOME": folder, "XDG_CONFIG_HOME": folder])
    let path = try #require(folders.session)
    try LocalFile.write(
      KeptSession(server: server.description, user: "maija", token: "geheim", id: "S1").text, to: path)
    return (folders, path)
  }

  private func opener(_ server: ScriptedServer, _ folders: UserFolders) throws -> SessionOpener {
    var settings = try ClientSettings([], environment: [:])
    settings.endpoint = server.endpoint
    return SessionOpener(
      settings: settings, options: ProgramOptions(), environment: ["REKISTERI_PASSWORD": "x"], folders: folders)
  }

  private func answering(_ line: String, _ seen: Seen) -> ScriptedServer {
    ScriptedServer { peer in
      peer.greet()
      _ = peer.line()
      peer.send("1 OK done {}")
      seen.add(peer.line())
      peer.send(line)
      _ = peer.line()
    }
  }

  @Test func itsSecretResumesIt() async throws {
    let seen = Seen()
    let server = answering(#"2 OK done {"user":"maija"}"#, seen)
    let (folders, path) = try kept(server.endpoint)
    let opened = try await opener(server, folders).open()
    #expect(opened.user == "maija" && opened.news.lines.isEmpty)
    #expect(seen.all == ["2 auth mech=TOKEN ir=\(Base64.encode(Array("geheim".utf8)))"])
    #expect(try KeptSession.load(path)?.id == "S1")
    opened.connection.close()
  }

  @Test(arguments: ["auth/failed", "auth/expired"])
  func oneThatIsOverIsForgotten(_ code: String) async throws {
    let server = answering("2 NO \(code) {}", Seen())
    let (folders, path) = try kept(server.endpoint)
    // The password is tried next, on a connection that this server does not take.
    await #expect(throws: (any Error).self) { _ = try await opener(server, folders).open() }
    #expect(try KeptSession.load(path) == nil)
  }

  @Test(arguments: ["unavailable/db", "limit/rate", "auth/locked"])
  func whatMayPassLeavesIt(_ code: String) async throws {
    let server = answering("2 NO \(code) {}", Seen())
    let (folders, path) = try kept(server.endpoint)
    let error = await #expect(throws: ClientError.self) { _ = try await opener(server, folders).open() }
    guard case .refused(let final) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(final.code == code)
    #expect(try KeptSession.load(path) != nil)
  }

  @Test func itsFileIsReadableByItsOwnerOnly() throws {
    let server = ScriptedServer { _ in }
    let (_, path) = try kept(server.endpoint)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    chmod(path, 0o644)
    #expect(throws: ClientError.self) { _ = try KeptSession.load(path) }
  }
}

struct CodeSourceTests {
  @Test func aCodeOfTheEnvironmentIsGivenOnce() async throws {
    let codes = CodeSource(environment: ["REKISTERI_OTP": "123456"], secretFile: nil)
    #expect(try await codes.next() == "123456")
    #expect(try await codes.next() == nil)
    #expect(try await CodeSource(environment: ["REKISTERI_OTP": ""], secretFile: nil).next() == nil)
  }

  @Test func aCodeComesFromASecretsFile() async throws {
    let path = "/tmp/rekisteri-otp-\(getpid())"
    defer { unlink(path) }
    try LocalFile.write("JBSWY3DPEHPK3PXP\n", to: path)
    let codes = CodeSource(environment: [:], secretFile: path)
    #expect(codes.hasSecret)
    #expect(try await codes.next()?.utf8.count == 6)
    try LocalFile.write("no secret!\n", to: path)
    await #expect(throws: ClientError.usage(ClientText.badSecret)) {
      _ = try await CodeSource(environment: [:], secretFile: path).next()
    }
  }

  @Test func aSecondCodeWaitsForItsStepAndEndsWhenCancelled() async throws {
    let path = "/tmp/rekisteri-otp-two-\(getpid())"
    defer { unlink(path) }
    try LocalFile.write("JBSWY3DPEHPK3PXP\n", to: path)
    let codes = CodeSource(environment: [:], secretFile: path)
    let before = Int64(time(nil)) / OneTimePassword.stepSeconds
    _ = try await codes.next()
    let waiting = Task { try await codes.next() }
    waiting.cancel()
    let result = await waiting.result
    // Where the step ended just then it was given after all.
    if Int64(time(nil)) / OneTimePassword.stepSeconds == before {
      #expect(throws: CancellationError.self) { _ = try result.get() }
    }
  }
}
