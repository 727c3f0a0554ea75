public import Model
public import Wire

/// Thrown by a command that needs a second person, before anything took effect: the request is put aside for one.
public struct ApprovalNeeded: Error, Sendable {
  /// What for.
  public let action: ApprovalAction
  /// Whose account it is about: they may not approve it.
  public let barred: UserID?
  /// What the approver is shown of its effect besides the request itself.
  public let showing: JSONObject
  /// What was fed to it and is needed to execute it; sealed with the request.
  public let input: [UInt8]?
  /// SHA-256 of what was fed to it and will be fed again.
  public let inputDigest: [UInt8]

  /// A second person is needed.
  public init(
    _ action: ApprovalAction, barred: UserID? = nil, showing: JSONObject = [:], input: [UInt8]? = nil,
    inputDigest: [UInt8] = []
  ) {
    self.action = action
    self.barred = barred
    self.showing = showing
    self.input = input
    self.inputDigest = inputDigest
  }
}

extension Approval {
  /// Throws `denied/approval` unless it was asked for this, and for this input.
  func check(_ needed: ApprovalNeeded) throws(RegisterError) {
    let input = Array(digest.dropFirst(ApprovalUse.digestBytes))
    guard action == needed.action, input == needed.inputDigest else { throw ApprovalRefusal.changed }
  }
}

extension Change {
  /// Goes on only where a second person agreed to exactly this; else throws `ApprovalNeeded`.
  ///
  /// To be called after everything was checked that refuses the command whoever agrees, and before anything is written.
  public func requireApproval(
    _ action: ApprovalAction, barred: UserID? = nil, showing: JSONObject = [:], input: [UInt8]? = nil,
    inputDigest: [UInt8] = []
  ) throws {
    let needed = ApprovalNeeded(action, barred: barred, showing: showing, input: input, inputDigest: inputDigest)
    guard let approval = permit.approval else { throw needed }
    try approval.check(needed)
  }
}

extension Permit {
  /// The same for what is decided before a transaction.
  public func requireApproval(_ needed: ApprovalNeeded) throws {
    guard let approval else { throw needed }
    try approval.check(needed)
  }
}
