import AccessLog

/// Where the log's checkpoints go outside of the database.
struct OutsideSettings: Sendable, Equatable {
  /// Files on other storage.
  var copies: [String] = []
  /// Who cosigns them.
  var witnesses: [WitnessSettings] = []
}

/// A witness of the log (C2SP tlog-witness): it signs a checkpoint only where the log before it is a part of it.
struct WitnessSettings: Sendable, Equatable {
  /// Where it is asked: its address ends before `add-checkpoint`.
  let url: HTTPAddress
  /// What its cosignatures are verified with.
  let key: VerifierKey
  /// A PEM file with the authorities one of which must have signed its certificate; nil for those of the system.
  var authorities: String?

  /// Reads an address and a verifier key of the algorithm cosignature/v1.
  init(url: String, key: String, authorities: String? = nil) throws(ServerFault) {
    guard let address = HTTPAddress(url) else { throw ServerFault("\(url) is no address of a witness") }
    guard let key = VerifierKey(key), key.algorithm == .cosignature else {
      throw ServerFault("\(key) is no verifier key of a witness")
    }
    self.url = address
    self.key = key
    self.authorities = authorities
  }

  /// By what name the database remembers how far the witness has come, and who asks it.
  var name: String {
    let id = key.id.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "witness \(key.name)+\(id)"
  }
}
