import Custody
import Model

/// What is wrong with a policy's text, where it can be told at which line.
struct PolicyProblem: Equatable, Sendable {
  /// The line, counted from 1; nil where it is about the whole.
  let line: Int?
  /// What is wrong; never repeats what the text holds.
  let reason: Text

  /// The reason with the line's number before it.
  var message: Text {
    guard let line else { return reason }
    return Text(
      en: "Line \(line): \(reason.en)", fi: "Rivi \(line): \(reason.fi)", sv: "Rad \(line): \(reason.sv)")
  }
}

/// A rule as it was read from a line.
struct PolicyLine: Equatable, Sendable {
  /// The line, counted from 1.
  let number: Int
  /// The rule, without an id of its own.
  let grant: Grant
}

extension Limits {
  /// Bytes of a policy's text.
  static let policyBytesMax = 256 * 1024
  /// Rules of a policy.
  static let policyRulesMax = 1000
  /// Problems of a policy's text that are told.
  static let policyProblemsMax = 50
}
