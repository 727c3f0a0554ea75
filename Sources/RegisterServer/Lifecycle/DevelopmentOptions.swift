import Custody
import Model

/// What `rekisterid dev` was told.
public struct DevelopmentOptions: Sendable {
  /// The folder of everything.
  public var data: String
  /// The TCP port on 127.0.0.1; 0 for any that is free.
  public var port: Int
  /// How many persons the demonstration has.
  public var persons: Int
  /// An import that changes more persons needs an approval.
  public var importApprovalAbove = 10_000
  /// Distinct persons that an employee is shown a day without a second person; 0 for any number.
  public var dailyPersons = Limits.dailyPersons
  /// How long an approval waits.
  public var approvalSeconds = Limits.approvalSeconds
  /// Within what time a break-glass must be reviewed.
  public var breakGlassReviewSeconds = Limits.breakGlassReviewSeconds
  /// Whether to start also where stored rules do not verify, for their review only.
  public var reviewsRules = false

  /// The defaults for a folder.
  public init(data: String, port: Int, persons: Int) {
    self.data = data
    self.port = port
    self.persons = persons
  }

  /// Throws `ServerFault` naming an option that is out of range.
  func check() throws {
    try Self.check("--port", port, 0...65_535)
    try Self.check("--persons", persons, 0...10_000_000)
    try Self.check("--import-approval-above", importApprovalAbove, 0...10_000_000)
    try Self.check("--daily-persons", dailyPersons, 0...10_000_000)
    try Self.check("--approval-seconds", approvalSeconds, 1...31_536_000)
    try Self.check("--break-glass-review-seconds", breakGlassReviewSeconds, 1...31_536_000)
  }

  var access: AccessSettings {
    var access = AccessSettings()
    access.dailyPersons = dailyPersons
    access.approvalSeconds = approvalSeconds
    access.breakGlassReviewSeconds = breakGlassReviewSeconds
    return access
  }

  private static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
    guard range.contains(value) else {
      throw ServerFault("\(name): a number from \(range.lowerBound) to \(range.upperBound) is needed")
    }
  }
}
