import Model
import Testing
import Wire

@testable import RegisterClient

@Suite(.timeLimit(.minutes(2)))
struct AuthenticationTests {
  /// Derived once: it takes long on purpose.
  private static let verifier: ScramVerifier? = {
    let salt = [UInt8](repeating: 7, count: ScramVerifier.saltBytes)
    return try? SaltedPassword(password: "korrekt häst", salt: salt, iterations: Limits.passwordIterationsMin).verifier
  }()

  @Test func theRightPasswordAndCodeLogIn() async throws {
    let seen = Seen()
    let server = ScriptedServer { peer in
      peer.greet()
      guard Self.scram(peer, seen, verifier: Self.verifier) else { return }
      peer.send(#"1 ? {"need":"otp"}"#)
      seen.add(peer.line())
      peer.send(#"1 OK done {"user":"maija"}"#)
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    let final = try await connection.authenticate(.password(user: "maija", password: "korrekt häst")) { "123456" }
    #expect(final.object["user"]?.string == "maija")
    #expect(seen.all == ["maija", #"1 > """#, #"1 > {"otp":"123456"}"#])
    connection.close()
  }

  @Test func aPasswordIsTheSameHoweverItsLettersAreComposed() throws {
    let salt = [UInt8](repeating: 7, count: ScramVerifier.saltBytes)
    let composed = try SaltedPassword(password: "b\u{E5}t p\u{E5} \u{E4}lven", salt: salt, iterations: 1)
    let typed = try SaltedPassword(password: "ba\u{30A}t pa\u{30A}\u{A0}a\u{308}lven", salt: salt, iterations: 1)
    #expect(composed == typed)
    let other = try SaltedPassword(password: "bat pa alven", salt: salt, iterations: 1)
    #expect(composed != other)
    #expect(PasswordText.prepared("Bå\u{3000}ｔ") == "Bå ｔ")
  }

  @Test func aWrongPasswordIsRefusedByTheServer() async throws {
    let seen = Seen()
    let server = ScriptedServer { peer in
      peer.greet()
      if !Self.scram(peer, seen, verifier: Self.verifier) { peer.send(#"1 NO auth/failed {"msg":"Väärin."}"#) }
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    let final = try await connection.authenticate(.password(user: "maija", password: "väärä")) { "" }
    #expect(final.code == "auth/failed")
    #expect(ExitCode.of(final) == ExitCode.authentication)
  }

  @Test func aServerThatDoesNotKnowThePasswordIsNotTrusted() async throws {
    let server = ScriptedServer { peer in
      peer.greet()
      guard let first = Self.message(peer.line(), after: "ir="), let nonce = first.split(separator: "r=").last else {
        return
      }
      let challenge = "r=\(nonce)more,s=\(Base64.encode([UInt8](repeating: 7, count: 16))),i=600000"
      peer.send("1 ? \"\(Base64.encode(Array(challenge.utf8)))\"")
      _ = peer.line()
      let signature = Base64.encode([UInt8](repeating: 1, count: 32))
      peer.send("1 ? \"\(Base64.encode(Array("v=\(signature)".utf8)))\"")
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    await #expect(throws: ClientError.authentication(ClientText.notTheServer)) {
      _ = try await connection.authenticate(.password(user: "maija", password: "korrekt häst")) { "1" }
    }
    #expect(connection.isClosed)
  }

  @Test(arguments: [
    #"1 OK done {"user":"maija"}"#, #"1 ? "!!""#, #"1 ? """#, #"1 ? {"need":"otp"}"#, #"1 * {}"#,
    #"1 ? "cj14LHM9eCxpPTE=""#,
  ])
  func shortcutsOfTheServerAreNoLogIn(_ answer: String) async throws {
    let server = ScriptedServer { peer in
      peer.greet()
      _ = peer.line()
      peer.send(answer)
      if peer.line() != nil { peer.send(#"1 OK done {"user":"maija"}"#) }
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    await #expect(throws: ClientError.self) {
      _ = try await connection.authenticate(.password(user: "maija", password: "x")) { "1" }
    }
    connection.close()
  }

  @Test func theSocketsOwnAccountAndTokensNeedNoSteps() async throws {
    let seen = Seen()
    let server = ScriptedServer { peer in
      peer.greet()
      seen.add(peer.line())
      peer.send(#"1 NO auth/failed {}"#)
      seen.add(peer.line())
      peer.send(#"2 OK done {"user":"root"}"#)
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    #expect(try await connection.authenticate(.token("abc")) { "" }.status == .no)
    #expect(try await connection.authenticate(.external) { "" }.status == .ok)
    #expect(seen.all == ["1 auth mech=TOKEN ir=YWJj", #"2 auth mech=EXTERNAL ir="""#])
    connection.close()
  }

  @Test func anEmptyPasswordNeverLeaves() async throws {
    let server = ScriptedServer { peer in
      peer.greet()
      _ = peer.line()
    }
    let connection = try await RegisterConnection.connect(to: server.endpoint)
    await #expect(throws: ClientError.authentication(ClientText.badText)) {
      _ = try await connection.authenticate(.password(user: "", password: "x")) { "" }
    }
    connection.close()
  }

  /// Plays the server's part up to the answer to its final message; false where the proof is wrong.
  private static func scram(_ peer: ScriptedServer.Peer, _ seen: Seen, verifier: ScramVerifier?) -> Bool {
    guard let verifier, let line = peer.line(), line.hasPrefix("1 auth mech=SCRAM-SHA-256 "),
      let first = message(line, after: "ir=")
    else { return false }
    do {
      var scram = ScramServer(mechanism: .sha256, offered: [.sha256], channelBinding: nil)
      seen.add(try scram.receiveFirst(Array(first.utf8)))
      peer.send("1 ? \"\(Base64.encode(try scram.challenge(verifier)))\"")
      guard let final = message(peer.line()?.replacing("\"", with: ""), after: "1 > ") else { return false }
      peer.send("1 ? \"\(Base64.encode(try scram.receiveFinal(Array(final.utf8))))\"")
      seen.add(peer.line())
      return true
    } catch {
      return false
    }
  }

  /// The base64 text after a mark, decoded.
  private static func message(_ line: String?, after mark: String) -> String? {
    guard let encoded = line?.split(separator: mark, maxSplits: 1, omittingEmptySubsequences: false).last else {
      return nil
    }
    return Base64.decode(encoded.replacing("\"", with: "")).map { String(decoding: $0, as: UTF8.self) }
  }
}
