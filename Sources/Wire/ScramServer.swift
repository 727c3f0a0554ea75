/// The server's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677), without any input or output.
///
/// `receiveFirst`, `challenge` and `receiveFinal`, once each and in this order. After a fault it takes nothing more.
public struct ScramServer: Sendable {
  private enum State {
    case start
    case named(First)
    case challenged(First, serverFirst: String, verifier: ScramVerifier)
    case finished
  }

  private struct First {
    let header: String
    let bare: String
    let nonce: String
    let user: String
  }

  private let mechanism: ScramMechanism
  private let offered: Set<ScramMechanism>
  private let channelBinding: [UInt8]?
  private let nonce: String
  private var state = State.start

  /// The user's name once the client has proved its password, else nil.
  public private(set) var verifiedUser: String?

  /// An exchange by a mechanism that the client chose from those offered.
  ///
  /// `channelBinding` is the `tls-server-end-point` hash of the server's certificate, nil where there is no TLS.
  public init(mechanism: ScramMechanism, offered: Set<ScramMechanism>, channelBinding: [UInt8]?) {
    self.init(
      mechanism: mechanism, offered: offered, channelBinding: channelBinding, nonce: ScramMessage.newNonce())
  }

  init(mechanism: ScramMechanism, offered: Set<ScramMechanism>, channelBinding: [UInt8]?, nonce: String) {
    self.mechanism = mechanism
    self.offered = offered
    self.channelBinding = channelBinding
    self.nonce = nonce
  }

  /// Step 1: the client's first message; gives the name whose verifier `challenge` needs.
  public mutating func receiveFirst(_ message: [UInt8]) throws(ScramFault) -> String {
    guard case .start = state else { throw fail(.sequence) }
    state = .finished
    let text = try ScramMessage.text(message)
    let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .malformed }
    try check(flag: parts[0])
    let values = try ScramMessage.values(parts[2], "nr")
    let user = try ScramMessage.name(values[0])
    guard ScramMessage.isNonce(values[1]) else { throw .malformed }
    try check(authorization: parts[1], user: user)
    let header = "\(parts[0]),\(parts[1]),"
    state = .named(First(header: header, bare: String(parts[2]), nonce: values[1] + nonce, user: user))
    return user
  }

  /// Step 2: the server's first message, for the user's verifier, or a decoy where there is no such user.
  public mutating func challenge(_ verifier: ScramVerifier) throws(ScramFault) -> [UInt8] {
    guard case .named(let first) = state else { throw fail(.sequence) }
    let message = "r=\(first.nonce),s=\(Base64.encode(verifier.salt)),i=\(verifier.iterations)"
    state = .challenged(first, serverFirst: message, verifier: verifier)
    return Array(message.utf8)
  }

  /// Step 3: the client's final message; gives the server's, and only for a client that knows the password.
  public mutating func receiveFinal(_ message: [UInt8]) throws(ScramFault) -> [UInt8] {
    guard case .challenged(let first, let serverFirst, let verifier) = state else { throw fail(.sequence) }
    state = .finished
    let text = try ScramMessage.text(message)
    let values = try ScramMessage.values(text, "cr")
    let (withoutProof, proof) = try Self.splitProof(text)
    try check(binding: values[0], header: first.header)
    guard Digests.areEqual(Array(values[1].utf8), Array(first.nonce.utf8)) else { throw .nonce }
    let authMessage = "\(first.bare),\(serverFirst),\(withoutProof)"
    let clientKey = Digests.xor(proof, Digests.hmac(verifier.storedKey, authMessage))
    guard Digests.areEqual(Digests.sha256(clientKey), verifier.storedKey) else { throw .proof }
    verifiedUser = first.user
    return Array("v=\(Base64.encode(Digests.hmac(verifier.serverKey, authMessage)))".utf8)
  }

  private mutating func fail(_ fault: ScramFault) -> ScramFault {
    state = .finished
    verifiedUser = nil
    return fault
  }

  /// The flag of the GS2 header: `n`, `y` or `p=` (RFC 5802 section 6).
  private func check(flag: Substring) throws(ScramFault) {
    guard offered.contains(mechanism) else { throw .channelBinding }
    switch (mechanism, flag) {
    case (.sha256, "n"): return
    case (.sha256, "y"):
      // The client can bind and believes that the server can't: somebody removed PLUS from the offer.
      if offered.contains(.sha256Plus) { throw .channelBinding }
    case (.sha256Plus, "p=tls-server-end-point"):
      guard channelBinding?.isEmpty == false else { throw .channelBinding }
    case (_, "n"), (_, "y"): throw .channelBinding
    default: throw flag.hasPrefix("p=") ? .channelBinding : .malformed
    }
  }

  private func check(authorization: Substring, user: String) throws(ScramFault) {
    if authorization.isEmpty { return }
    guard authorization.hasPrefix("a=") else { throw .malformed }
    let asked = try ScramMessage.name(authorization.dropFirst(2))
    guard Array(asked.utf8) == Array(user.utf8) else { throw .authorizationIdentity }
  }

  /// `c=` must be the header of the first message, followed by this channel's binding with PLUS.
  private func check(binding: String, header: String) throws(ScramFault) {
    guard let sent = Base64.decode(binding) else { throw .malformed }
    let expected = Array(header.utf8) + (mechanism == .sha256Plus ? channelBinding ?? [] : [])
    guard Digests.areEqual(sent, expected) else { throw .channelBinding }
  }

  /// The message up to the last attribute, which must be the proof of 32 bytes.
  private static func splitProof(_ text: String) throws(ScramFault) -> (String, [UInt8]) {
    let bytes = Array(text.utf8)
    guard let comma = bytes.lastIndex(of: 0x2C) else { throw .malformed }
    let last = bytes[(comma + 1)...]
    guard last.starts(with: [0x70, 0x3D]) else { throw .malformed }
    let proof = Base64.decode(String(decoding: last.dropFirst(2), as: UTF8.self))
    guard let proof, proof.count == 32 else { throw .malformed }
    return (String(decoding: bytes[..<comma], as: UTF8.self), proof)
  }
}
