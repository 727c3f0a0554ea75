import Model
import Wire

/// An `auth` under way.
struct AuthenticationExchange: Sendable {
  /// Whose password was proved, where a one-time password could still be asked for.
  var proved: (any AuthenticationAttempt)? {
    switch stage {
    case .proven(let attempt, _), .acknowledging(let attempt, .needsOneTime), .oneTime(let attempt): attempt
    case .beginning, .challenged, .refusing, .acknowledging, .deciding: nil
    }
  }

  /// What is awaited.
  enum Stage: Sendable {
    /// The register, for what is known of a name.
    case beginning
    /// The client's last SASL message.
    case challenged(any AuthenticationAttempt)
    /// The register; the client has its last SASL message to come after it.
    case proven(any AuthenticationAttempt, serverFinal: [UInt8])
    /// The register, whose only answer can be a refusal.
    case refusing
    /// The client's empty answer to the server's last message.
    case acknowledging(any AuthenticationAttempt, PasswordStep)
    /// The client's one-time password.
    case oneTime(any AuthenticationAttempt)
    /// The register, with the employee.
    case deciding
  }

  let tag: String
  /// Tells the answers of the register to this exchange from those to an earlier one.
  let number: UInt64
  /// What its last line and its entry in the log carry.
  let request: RequestID = .new()
  var stage: Stage
  var scram: ScramServer?
}
