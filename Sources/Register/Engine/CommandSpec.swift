public import Custody
public import Model

/// Everything about a command that others need to know: help, `describe`, completion, the log, the golden matrix.
/// Nothing has a default: a command that leaves something out does not compile.
public final class CommandSpec: Sendable {
  /// The verb on the wire.
  public let verb: String
  /// What it does, in one line.
  public let summary: Text
  /// Its own parameters; `purpose`, `case`, `reason`, `once` and `approval` come by the other rules.
  public let parameters: [ParameterSpec]
  /// The keys of its rows.
  public let columns: [ColumnSpec]
  /// What the policy is asked for.
  public let permission: Permission
  /// How it stands to purposes.
  public let purpose: PurposeRule
  /// Whether it changes anything.
  public let effect: Effect
  /// What it leaves in the log.
  public let log: LogRule
  /// Whether a second person must approve it.
  public let approval: ApprovalRule
  /// How long it may take.
  public let timeLimitMilliseconds: Int

  /// A command's spec.
  public init(
    verb: String, summary: Text, parameters: [ParameterSpec], columns: [ColumnSpec], permission: Permission,
    purpose: PurposeRule, effect: Effect, log: LogRule, approval: ApprovalRule, timeLimitMilliseconds: Int
  ) {
    self.verb = verb
    self.summary = summary
    self.parameters = parameters
    self.columns = columns
    self.permission = permission
    self.purpose = purpose
    self.effect = effect
    self.log = log
    self.approval = approval
    self.timeLimitMilliseconds = timeLimitMilliseconds
  }

  /// Whether a command changes anything.
  public enum Effect: String, Sendable {
    case read
    case write
  }

  /// What a command leaves in the log.
  public enum LogRule: Sendable {
    /// One entry a person shown or changed; one without a person where there was none.
    case perPerson
    /// One entry.
    case one
  }

  /// Whether a second person must approve.
  public enum ApprovalRule: Sendable, Equatable {
    case never
    /// Always.
    case always(ApprovalDelivery)
    /// Where the command says so, for some of its uses.
    case sometimes(ApprovalDelivery)

    /// Whether only some of its uses need one.
    public var isSometimes: Bool { if case .sometimes = self { true } else { false } }

    /// How an agreement leads to the execution. What never needs one of its own may go over the daily number of persons.
    public var delivery: ApprovalDelivery {
      switch self {
      case .never: .sentAgain
      case .always(let delivery), .sometimes(let delivery): delivery
      }
    }
  }

  /// How a second person's agreement leads to the execution (PROTOCOL.md section 2).
  public enum ApprovalDelivery: Sendable {
    /// `approval.give` runs it, for it shows nothing.
    case given
    /// The requester sends it again with `approval=ID`, for the answer or the input is theirs.
    case sentAgain
  }
}

/// One parameter of a command.
public struct ParameterSpec: Sendable {
  /// The word on the wire.
  public let name: String
  /// What its value must be.
  public let type: ParameterType
  /// Whether it must be given.
  public let isRequired: Bool
  /// Whether its value is personal data: never kept in a client's history.
  public let isPersonal: Bool
  /// What it is, in a few words.
  public let help: Text

  /// A parameter.
  public init(_ name: String, _ type: ParameterType, required: Bool, personal: Bool, _ help: Text) {
    self.name = name
    self.type = type
    isRequired = required
    isPersonal = personal
    self.help = help
  }
}

/// What a parameter's value must be.
public enum ParameterType: Sendable {
  case id
  case text
  case word([String])
  case words([String])
  case day
  case instant
  case int(ClosedRange<Int>)
  case flag

  /// The word for it in `describe`.
  public var name: String {
    switch self {
    case .id: "id"
    case .text: "text"
    case .word: "word"
    case .words: "words"
    case .day: "day"
    case .instant: "time"
    case .int: "number"
    case .flag: "flag"
    }
  }

  /// The words it allows; empty where any value of the type is.
  public var choices: [String] {
    switch self {
    case .word(let words), .words(let words): words
    default: []
    }
  }
}

/// One key of a command's rows.
public struct ColumnSpec: Sendable {
  /// The key.
  public let name: String
  /// Whether it carries personal data.
  public let isPersonal: Bool

  /// A key.
  public init(_ name: String, personal: Bool) {
    self.name = name
    isPersonal = personal
  }
}
