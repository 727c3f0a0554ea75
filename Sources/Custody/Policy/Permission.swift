public import Model

/// What a command asks the policy for; stands in its spec.
public enum Permission: Hashable, Sendable {
  /// Something that is no person's data.
  case object(PolicyObject, PolicyAction)
  /// One of several, any of which is enough.
  case anyOf([PolicyObject], PolicyAction)
  /// Persons' data: allowed where the role reaches any field of these categories in this way.
  case persons(CategorySet, PolicyAction)
  /// Any mark on persons.
  case marks
}

/// How a command stands to purposes; stands in its spec.
public enum PurposeRule: Hashable, Sendable {
  /// None is taken: no personal data of the register is touched.
  case none
  /// One may be given and must then be one that the role holds.
  case optional
  /// One must be given and be held.
  case required
}

/// Who is asking: a session's employee.
public struct Principal: Hashable, Sendable {
  /// The employee.
  public let user: UserID
  /// The name they logged in with.
  public let name: String
  /// Their session.
  public let session: SessionID
  /// The client's address, without port.
  public let address: String

  /// A session's employee.
  public init(user: UserID, name: String, session: SessionID, address: String) {
    self.user = user
    self.name = name
    self.session = session
    self.address = address
  }
}

/// Everything about one run of one command that goes along whole, from the line to the log.
public struct CommandContext: Sendable {
  /// Who is asking.
  public let principal: Principal
  /// The command's verb.
  public let verb: String
  /// The id that the answer and the log carry.
  public let request: RequestID
  /// The purpose named with the command or set for the session.
  public let purpose: Purpose?
  /// The case named with the command or set for the session.
  public let caseReference: String
  /// The session's language.
  public let language: Language
  /// When the command must have ended.
  public let deadline: Tick
  /// The second person's agreement that it is run with, if any.
  public var approval: ApprovalUse?

  /// A command's context.
  public init(
    principal: Principal, verb: String, request: RequestID = .new(), purpose: Purpose?, caseReference: String,
    language: Language, deadline: Tick, approval: ApprovalUse? = nil
  ) {
    self.principal = principal
    self.verb = verb
    self.request = request
    self.purpose = purpose
    self.caseReference = caseReference
    self.language = language
    self.deadline = deadline
    self.approval = approval
  }
}

/// A second person's agreement as a command names it: what it is, and what exactly the command asks for.
public struct ApprovalUse: Sendable {
  /// The request that was agreed to.
  public let id: ID<Approval>
  /// The keyed hash of the exact request that runs now.
  public let digest: [UInt8]
  /// Who agrees in this very moment and has it executed; nil where the requester sends the command again.
  public let giver: UserID?

  /// Bytes of the keyed hash of a request.
  public static let digestBytes = 32

  /// An agreement that a command is run with.
  public init(id: ID<Approval>, digest: [UInt8], giver: UserID? = nil) {
    self.id = id
    self.digest = digest
    self.giver = giver
  }
}
