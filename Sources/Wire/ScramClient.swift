public import Model

/// The client's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677), without any input or output.
///
/// `first`, `final` and `finish`, once each and in this order. After `finish` the server has proved that it holds the
/// user's verifier, and with PLUS that nobody stands between.
public struct ScramClient: Sendable {
  private enum State {
    case start
    case sentFirst
    case sentFinal(signature: [UInt8])
    case finished
  }

  private let user: String
  private let password: String
  private let mechanism: ScramMechanism
  private let channelBinding: [UInt8]?
  private let minimumIterations: Int
  private let nonce: String
  private let cached: SaltedPassword?
  private var state = State.start

  /// The derived password, once the server has proved itself: a next client can take it as `cached`.
  public private(set) var saltedPassword: SaltedPassword?

  /// An exchange for a user.
  ///
  /// `channelBinding` is the `tls-server-end-point` hash of the server's certificate, nil where there is no TLS; given
  /// with the plain mechanism it tells the server so, which refuses if it does offer PLUS. `cached` spares the
  /// derivation where its salt and rounds are the server's; the password may then be empty.
  public init(
    user: String, password: String, cached: SaltedPassword? = nil, mechanism: ScramMechanism,
    channelBinding: [UInt8]?, minimumIterations: Int = Limits.passwordIterationsMin
  ) {
    self.init(
      user: user, password: password, cached: cached, mechanism: mechanism, channelBinding: channelBinding,
      minimumIterations: minimumIterations, nonce: ScramMessage.newNonce())
  }

  init(
    user: String, password: String, cached: SaltedPassword? = nil, mechanism: ScramMechanism,
    channelBinding: [UInt8]?, minimumIterations: Int, nonce: String
  ) {
    self.user = user
    self.password = password
    self.cached = cached
    self.mechanism = mechanism
    self.channelBinding = channelBinding
    self.minimumIterations = minimumIterations
    self.nonce = nonce
  }

  /// Step 1: the client's first message.
  public mutating func first() throws(ScramFault) -> [UInt8] {
    guard case .start = state else { throw fail(.sequence) }
    state = .finished
    try ScramMessage.checkText(user)
    if mechanism == .sha256Plus, channelBinding?.isEmpty != false { throw .channelBinding }
    state = .sentFirst
    return Array((header + bare).utf8)
  }

  /// Step 2: the client's final message in answer to the server's first; derives the password, which takes a while.
  public mutating func final(_ serverFirst: [UInt8]) throws(ScramFault) -> [UInt8] {
    guard case .sentFirst = state else { throw fail(.sequence) }
    state = .finished
    let text = try ScramMessage.text(serverFirst)
    let values = try ScramMessage.values(text, "rsi")
    guard ScramMessage.isNonce(values[0]), values[0].hasPrefix(nonce), values[0] != nonce else { throw .nonce }
    guard let salt = Base64.decode(values[1]), let iterations = Int(values[2]), iterations > 0 else { throw .malformed }
    guard iterations >= minimumIterations, iterations <= ScramVerifier.iterationsMax else { throw .iterations }
    let salted = try salted(salt, iterations)
    let binding = Array(header.utf8) + (mechanism == .sha256Plus ? channelBinding ?? [] : [])
    let withoutProof = "c=\(Base64.encode(binding)),r=\(values[0])"
    let authMessage = "\(bare),\(text),\(withoutProof)"
    let clientKey = salted.clientKey
    let proof = Digests.xor(clientKey, Digests.hmac(Digests.sha256(clientKey), authMessage))
    derived = salted
    state = .sentFinal(signature: Digests.hmac(salted.serverKey, authMessage))
    return Array("\(withoutProof),p=\(Base64.encode(proof))".utf8)
  }

  /// Step 3: the server's final message; throws unless it proves that the server holds the user's verifier.
  public mutating func finish(_ serverFinal: [UInt8]) throws(ScramFault) {
    guard case .sentFinal(let signature) = state else { throw fail(.sequence) }
    state = .finished
    let attributes = try ScramMessage.attributes(try ScramMessage.text(serverFinal))
    switch attributes.first?.letter {
    case 0x65: throw .refused
    case 0x76:
      guard let sent = Base64.decode(attributes[0].value), Digests.areEqual(sent, signature) else {
        throw .serverSignature
      }
      saltedPassword = derived
    default: throw .malformed
    }
  }

  private var derived: SaltedPassword?

  private var bare: String { "n=\(ScramMessage.escaped(user)),r=\(nonce)" }

  private var header: String {
    switch mechanism {
    case .sha256Plus: ScramMessage.plusHeader + ",,"
    case .sha256: channelBinding == nil ? "n,," : "y,,"
    }
  }

  private func salted(_ salt: [UInt8], _ iterations: Int) throws(ScramFault) -> SaltedPassword {
    if let cached, cached.salt == salt, cached.iterations == iterations { return cached }
    return try SaltedPassword(password: password, salt: salt, iterations: iterations)
  }

  private mutating func fail(_ fault: ScramFault) -> ScramFault {
    state = .finished
    return fault
  }
}
