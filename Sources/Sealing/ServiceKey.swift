/// Keys of the service itself, in fixed slots of the key store. Slot numbers are stored and never change their meaning.
public enum ServiceKey: Hashable, Sendable {
  /// Seals password verifiers.
  case passwordVerifier
  /// Seals the seeds of one-time passwords.
  case oneTimeSeed
  /// Authenticates the chain of intake rows of the access log.
  case logChain
  /// Authenticates stored rules: users, roles, policy, approvals, holds.
  case rules
  /// Hashes requests for their keys of repetition.
  case requestHash
  /// Makes the answers for accounts that do not exist.
  case decoy
  /// Seals pending approvals.
  case approvals
  /// Hashes what the suppression list keeps.
  case suppression
  /// Seals the signing key of the access log's checkpoints.
  case logSigning
  /// Free for a later use.
  case spare1
  /// Free for a later use.
  case spare2
  /// Free for a later use.
  case spare3
  /// Hashes the search words in the access log of one month: year × 12 + month − 1. A ring of thirteen.
  case searchHash(month: Int)

  /// How many months' search keys there are at most.
  public static let searchMonths = 13
  static let searchSlots: Range<Int64> = 32..<45
  static let tombstonesSlot: Int64 = 16
  static let fixed: [ServiceKey] = [
    .passwordVerifier, .oneTimeSeed, .logChain, .rules, .requestHash, .decoy, .approvals, .suppression, .logSigning,
    .spare1, .spare2, .spare3,
  ]

  /// The slot that the key is in.
  var slot: Int64 {
    switch self {
    case .passwordVerifier: 1
    case .oneTimeSeed: 2
    case .logChain: 3
    case .rules: 4
    case .requestHash: 5
    case .decoy: 6
    case .approvals: 7
    case .suppression: 8
    case .logSigning: 9
    case .spare1: 10
    case .spare2: 11
    case .spare3: 12
    case .searchHash(let month): Self.searchSlots.lowerBound + Int64(((month % 13) + 13) % 13)
    }
  }

  /// What a wrapped service key is bound to beside its slot.
  var number: Int {
    if case .searchHash(let month) = self { month } else { 0 }
  }

  /// The months of 1970 to 2199 whose key would be in a slot of the ring, the latest first; `[0]` for a fixed slot.
  static func numbers(in slot: Int64) -> [Int] {
    guard searchSlots.contains(slot) else { return [0] }
    return (1970 * 12..<2200 * 12).reversed().filter { ServiceKey.searchHash(month: $0).slot == slot }
  }
}
