import Model
import Synchronization

/// Decisions taken under one state of the rules, so that the same question is not worked out at every command.
final class DecisionMemo: Sendable {
  /// All that a decision depends on besides the rules.
  struct Question: Hashable, Sendable {
    let user: UserID
    let permission: Permission
    let purposeRule: PurposeRule
    let purpose: Purpose?
    /// Deputies come and go with the day.
    let day: Day
    let isBreakingGlass: Bool
  }

  /// The job role acted in, and what it reaches.
  struct Grounds: Sendable {
    let role: JobRole
    let reach: Reach
  }

  private static let answersMax = 10_000
  private let answers = Mutex<[Question: Result<Grounds, RegisterError>]>([:])

  /// The answer given before, or the one that `decide` gives now.
  func answer(_ question: Question, _ decide: () -> Result<Grounds, RegisterError>) -> Result<Grounds, RegisterError> {
    if let known = answers.withLock({ $0[question] }) { return known }
    let answer = decide()
    answers.withLock { answers in
      if answers.count >= Self.answersMax { answers.removeAll() }
      answers[question] = answer
    }
    return answer
  }
}
