import Model
import Testing

@testable import Wire

@Suite struct ScramTests {
  private let binding = utf8("0123456789abcdef0123456789abcdef")
  private let clientNonce = "rOprNGfwEbeRWgbNEkqO"
  private let serverNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"

  private func server(
    _ mechanism: ScramMechanism = .sha256, offered: Set<ScramMechanism> = [.sha256], binding: [UInt8]? = nil
  ) -> ScramServer {
    ScramServer(mechanism: mechanism, offered: offered, channelBinding: binding, nonce: serverNonce)
  }

  private func client(
    _ mechanism: ScramMechanism = .sha256, user: String = "user", password: String = "pencil",
    cached: SaltedPassword? = nil, binding: [UInt8]? = nil, minimum: Int = 4096
  ) -> ScramClient {
    ScramClient(
      user: user, password: password, cached: cached, mechanism: mechanism, channelBinding: binding,
      minimumIterations: minimum, nonce: clientNonce)
  }

  private func verifier(_ password: String = "pencil", iterations: Int = 4096) throws -> ScramVerifier {
    let salt = try #require(Base64.decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
    return try ScramVerifier.make(password: password, salt: salt, iterations: iterations)
  }

  /// A client-final message with a right proof for whatever header data and attributes are put in.
  private func final(_ binding: [UInt8], nonce: String, extra: String = "", bare: String, challenge: [UInt8]) throws
    -> [UInt8]
  {
    let salt = try verifier().salt
    let salted = try SaltedPassword(password: "pencil", salt: salt, iterations: 4096)
    let withoutProof = "c=\(Base64.encode(binding)),r=\(nonce)\(extra)"
    let message = "\(bare),\(String(decoding: challenge, as: UTF8.self)),\(withoutProof)"
    let proof = Digests.xor(salted.clientKey, Digests.hmac(Digests.sha256(salted.clientKey), message))
    return utf8("\(withoutProof),p=\(Base64.encode(proof))")
  }

  private func firstFault(_ message: String, _ server: ScramServer) -> ScramFault? {
    var server = server
    do throws(ScramFault) {
      _ = try server.receiveFirst(utf8(message))
      return nil
    } catch {
      return error
    }
  }

  @Test func theExampleOfRFC7677Holds() throws {
    var client = client()
    var server = server()
    let first = try client.first()
    #expect(first == utf8("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"))
    #expect(try server.receiveFirst(first) == "user")
    let challenge = try server.challenge(try verifier())
    #expect(challenge == utf8("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"))
    let final = try client.final(challenge)
    #expect(
      final
        == utf8(
          "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="))
    #expect(server.verifiedUser == nil)
    let answer = try server.receiveFinal(final)
    #expect(answer == utf8("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="))
    #expect(server.verifiedUser == "user")
    #expect(client.saltedPassword == nil)
    try client.finish(answer)
    #expect(client.saltedPassword?.verifier == (try verifier()))
  }

  @Test func bothSidesAgreeWithChannelBindingAndAnyName() throws {
    for user in ["user", "a,b=c", "Åsa", "=2C"] {
      var client = client(.sha256Plus, user: user, binding: binding)
      var server = server(.sha256Plus, offered: [.sha256, .sha256Plus], binding: binding)
      #expect(try server.receiveFirst(try client.first()) == user)
      let final = try client.final(try server.challenge(try verifier()))
      try client.finish(try server.receiveFinal(final))
      #expect(server.verifiedUser == user)
    }
  }

  @Test func anotherChannelIsRefused() throws {
    var client = client(.sha256Plus, binding: utf8("another certificate"))
    var server = server(.sha256Plus, offered: [.sha256Plus], binding: binding)
    _ = try server.receiveFirst(try client.first())
    let final = try client.final(try server.challenge(try verifier()))
    #expect(throws: ScramFault.channelBinding) { try server.receiveFinal(final) }
    #expect(server.verifiedUser == nil)
  }

  @Test func aWrongPasswordIsRefused() throws {
    var client = client(password: "pen")
    var server = server()
    _ = try server.receiveFirst(try client.first())
    let final = try client.final(try server.challenge(try verifier()))
    #expect(throws: ScramFault.proof) { try server.receiveFinal(final) }
    #expect(server.verifiedUser == nil)
    #expect(throws: ScramFault.sequence) { try server.receiveFinal(final) }
  }

  @Test func theFlagMustFitTheOffer() {
    let both: Set<ScramMechanism> = [.sha256, .sha256Plus]
    let plain = server(offered: both, binding: binding)
    let plus = server(.sha256Plus, offered: both, binding: binding)
    #expect(firstFault("n,,n=u,r=x", plain) == nil)
    #expect(firstFault("y,,n=u,r=x", plain) == .channelBinding)
    #expect(firstFault("y,,n=u,r=x", server()) == nil)
    #expect(firstFault("p=tls-server-end-point,,n=u,r=x", plain) == .channelBinding)
    #expect(firstFault("p=tls-server-end-point,,n=u,r=x", plus) == nil)
    for flag in ["n", "y", "p=tls-unique", "p=tls-exporter", "p="] {
      #expect(firstFault("\(flag),,n=u,r=x", plus) == .channelBinding, "\(flag)")
    }
    #expect(firstFault("p=tls-server-end-point,,n=u,r=x", server(.sha256Plus, offered: both)) == .channelBinding)
    #expect(firstFault("p=tls-server-end-point,,n=u,r=x", server(.sha256Plus, binding: binding)) == .channelBinding)
    #expect(firstFault("n,,n=u,r=x", server(offered: [.sha256Plus], binding: binding)) == .channelBinding)
  }

  @Test func firstMessagesAgainstTheGrammarAreRefused() {
    for message in [
      "", "n", "n,", "n,,", "n,,n=u", "n,,r=x", "n,,r=x,n=u", "n,,n=u,r=", "n,,n=,r=x", "x,,n=u,r=x", "n,b,n=u,r=x",
      "n,,n=u,r=x,", "n,,n=u,r=x,y", "n,,n=u,r=x y", "n,,n=u,r=ä", "n,,n=a=b,r=x", "n,,n=a=2c,r=x", "n,,n=a=,r=x",
      "n,,n=u\u{0},r=x", "N,,n=u,r=x",
    ] {
      #expect(firstFault(message, server()) == .malformed, "\(message)")
    }
    #expect(firstFault("n,,n=\u{1},r=x", server()) == .text)
    #expect(firstFault("n,,n=a\u{85},r=x", server()) == .text)
    #expect(firstFault("n,,m=1,n=u,r=x", server()) == .extensionRequired)
    #expect(firstFault("n,,n=u,r=x,m=1", server()) == .extensionRequired)
    #expect(firstFault("n,,n=u,r=x,z=1", server()) == nil)
    #expect(firstFault("n,,n=u,r=" + String(repeating: "x", count: 5000), server()) == .malformed)
    #expect(firstFault("n,,n=u,r=" + String(repeating: "x", count: 600), server()) == .malformed)
  }

  @Test func actingAsAnotherIsRefused() {
    #expect(firstFault("n,a=u,n=u,r=x", server()) == nil)
    #expect(firstFault("n,a=a=2Cb,n=a=2Cb,r=x", server()) == nil)
    #expect(firstFault("n,a=v,n=u,r=x", server()) == .authorizationIdentity)
    #expect(firstFault("n,a=,n=u,r=x", server()) == .text)
  }

  @Test func finalMessagesMustRepeatNonceAndHeader() throws {
    let bare = "n=user,r=abc"
    let nonce = "abc" + serverNonce
    let right = utf8("n,,")
    let cases: [(binding: [UInt8], nonce: String, extra: String, fault: ScramFault?)] = [
      (right, nonce, "", nil), (right, nonce, ",z=1", nil), (right, nonce + "x", "", .nonce),
      (right, "abc", "", .nonce),
      (utf8("y,,"), nonce, "", .channelBinding), (right + [1], nonce, "", .channelBinding),
      (right, nonce, ",m=1", .extensionRequired), (right, nonce, ",z=", .malformed),
    ]
    for (binding, sent, extra, fault) in cases {
      var server = server()
      _ = try server.receiveFirst(utf8("n,," + bare))
      let challenge = try server.challenge(try verifier())
      let message = try final(binding, nonce: sent, extra: extra, bare: bare, challenge: challenge)
      if let fault {
        #expect(throws: fault) { try server.receiveFinal(message) }
        #expect(server.verifiedUser == nil)
      } else {
        _ = try server.receiveFinal(message)
        #expect(server.verifiedUser == "user")
      }
    }
  }

  @Test func stepsOutOfOrderAreRefused() throws {
    var server = server()
    #expect(throws: ScramFault.sequence) { try server.receiveFinal(utf8("c=biws,r=x,p=x")) }
    #expect(throws: ScramFault.sequence) { try server.receiveFirst(utf8("n,,n=u,r=x")) }
    var early = self.server()
    let known = try verifier()
    #expect(throws: ScramFault.sequence) { try early.challenge(known) }
    var client = client()
    #expect(throws: ScramFault.sequence) { try client.final(utf8("r=x,s=AA==,i=4096")) }
    var finished = self.client()
    _ = try finished.first()
    #expect(throws: ScramFault.sequence) { try finished.finish(utf8("v=AA==")) }
  }

  @Test func aClientRefusesTooFewAndTooManyIterations() throws {
    for (iterations, fault) in [
      ("599999", ScramFault.iterations), ("10000001", .iterations), ("0", .malformed), ("-1", .malformed),
      ("x", .malformed),
    ] {
      var client = ScramClient(user: "u", password: "p", mechanism: .sha256, channelBinding: nil)
      let first = String(decoding: try client.first(), as: UTF8.self)
      let nonce = try #require(first.split(separator: "r=").last)
      #expect(throws: fault) { try client.final(utf8("r=\(nonce)x,s=AAAA,i=\(iterations)")) }
    }
  }

  @Test func aClientRefusesAServerThatDoesNotKnowTheVerifier() throws {
    var client = client()
    var server = server()
    _ = try server.receiveFirst(try client.first())
    let final = try client.final(try server.challenge(try verifier()))
    for (answer, fault) in [
      ("v=" + Base64.encode([UInt8](repeating: 0, count: 32)), ScramFault.serverSignature), ("v=x", .serverSignature),
      ("e=other-error", .refused), ("x=1", .malformed), ("", .malformed),
    ] {
      var copy = client
      #expect(throws: fault) { try copy.finish(utf8(answer)) }
      #expect(copy.saltedPassword == nil)
    }
    try client.finish(try server.receiveFinal(final))
  }

  @Test func aClientRefusesAForeignNonceAndUnknownExtensions() throws {
    for (message, fault) in [
      ("r=other,s=AAAA,i=4096", ScramFault.nonce), ("r=\(clientNonce),s=AAAA,i=4096", .nonce),
      ("m=1,r=\(clientNonce)x,s=AAAA,i=4096", .extensionRequired), ("r=\(clientNonce)x,s=A,i=4096", .malformed),
      ("r=\(clientNonce)x,i=4096,s=AAAA", .malformed), ("e=other-error", .malformed),
    ] {
      var client = client()
      _ = try client.first()
      #expect(throws: fault) { try client.final(utf8(message)) }
    }
  }

  @Test func aClientSaysWhetherItCouldBind() throws {
    var plain = client(binding: binding)
    #expect(try plain.first().starts(with: utf8("y,,")))
    var unbound = client(.sha256Plus)
    #expect(throws: ScramFault.channelBinding) { try unbound.first() }
    var control = client(user: "a\nb")
    #expect(throws: ScramFault.text) { try control.first() }
  }

  @Test func aCachedPasswordSparesTheDerivation() throws {
    let known = try verifier()
    let cached = try SaltedPassword(password: "pencil", salt: known.salt, iterations: 4096)
    var client = client(password: "", cached: cached)
    var server = server()
    _ = try server.receiveFirst(try client.first())
    try client.finish(try server.receiveFinal(try client.final(try server.challenge(known))))
    var stale = self.client(password: "", cached: cached)
    _ = try stale.first()
    #expect(throws: ScramFault.text) { try stale.final(utf8("r=\(clientNonce)x,s=AAAA,i=4096")) }
  }

  @Test func decoysAreStableDifferAndNeverVerify() throws {
    let key = utf8("a key of the server")
    let decoy = ScramVerifier.decoy(user: "nobody", key: key)
    #expect(decoy == ScramVerifier.decoy(user: "nobody", key: key))
    #expect(decoy.salt != ScramVerifier.decoy(user: "somebody", key: key).salt)
    #expect(decoy.salt != ScramVerifier.decoy(user: "nobody", key: utf8("another")).salt)
    #expect(decoy.salt.count == ScramVerifier.newSalt().count)
    #expect(decoy.iterations == Limits.passwordIterationsMin)
    #expect(decoy.storedKey.count == 32 && decoy.serverKey.count == 32)
    var client = client(user: "nobody")
    var server = server()
    _ = try server.receiveFirst(try client.first())
    let cheap = ScramVerifier.decoy(user: "nobody", key: key, iterations: 4096)
    let final = try client.final(try server.challenge(cheap))
    #expect(throws: ScramFault.proof) { try server.receiveFinal(final) }
  }

  @Test func verifiersMatchTheirPasswordOnly() throws {
    let known = try verifier()
    #expect(known.matches(password: "pencil"))
    #expect(!known.matches(password: "pencils"))
    #expect(!known.matches(password: ""))
    #expect(throws: ScramFault.text) { try ScramVerifier.make(password: "a\u{7F}", iterations: 1) }
    #expect(throws: ScramFault.iterations) { try ScramVerifier.make(password: "a", iterations: 0) }
    #expect(try ScramVerifier.make(password: "a", iterations: 1).salt.count == 16)
    #expect(
      try ScramVerifier.make(password: "a", iterations: 1).salt != ScramVerifier.make(password: "a", iterations: 1).salt
    )
  }

  @Test func mutatedMessagesNeverCrashAndNeverVerify() throws {
    var random = SeededGenerator(seed: 12)
    let known = try verifier()
    let cached = try SaltedPassword(password: "pencil", salt: known.salt, iterations: 4096)
    var firsts = 0
    for _ in 0..<4000 {
      var client = client(password: "", cached: cached)
      var server = server()
      let first = try client.first()
      let changed = Bool.random(using: &random) ? first.mutated(using: &random) : first
      guard let user = try? server.receiveFirst(changed) else { continue }
      firsts += 1
      let challenge = try server.challenge(known)
      guard let final = try? client.final(challenge) else { continue }
      let sent = Bool.random(using: &random) ? final.mutated(using: &random) : final
      let answer = try? server.receiveFinal(sent)
      let isUntouched = changed == first && sent == final
      #expect((answer != nil) == isUntouched)
      #expect((server.verifiedUser == user) == isUntouched)
    }
    #expect(firsts > 1000)
  }
}
