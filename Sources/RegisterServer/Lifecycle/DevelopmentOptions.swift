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
  /// Files that checkpoints are copied to, beside the folder's own.
  public var logCopies: [String] = []
  /// The addresses of witnesses, and the verifier key of each.
  public var witnesses: [String] = []
  /// The verifier key of each witness.
  public var witnessKeys: [String] = []
  /// `HOST:PORT` of the collectors that the log is streamed to.
  public var collectors: [String] = []
  /// The authorities of their certificates, a PEM file.
  public var collectorAuthorities: String?
  /// How what is streamed is written.
  public var collectorFormat = "rfc5424"
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
    _ = try outside
    _ = try syslog
  }

  /// Where checkpoints go, and cosignatures come from.
  var outside: OutsideSettings {
    get throws {
      guard witnesses.count == witnessKeys.count else {
        throw ServerFault("--witness-key: one for each --witness is needed")
      }
      var outside = OutsideSettings()
      outside.copies = logCopies
      outside.witnesses = try zip(witnesses, witnessKeys).map { try WitnessSettings(url: $0, key: $1) }
      return outside
    }
  }

  /// The collectors that the log is streamed to.
  var syslog: [SiemSettings] {
    get throws {
      guard let format = SiemSettings.Format(rawValue: collectorFormat) else {
        throw ServerFault("--syslog-format: rfc5424, cef or ocsf is needed")
      }
      return try collectors.map { collector in
        guard let colon = collector.lastIndex(of: ":"), let port = Int(collector[collector.index(after: colon)...]),
          (1...65_535).contains(port), let collectorAuthorities
        else { throw ServerFault("--syslog: HOST:PORT and --syslog-ca are needed") }
        return SiemSettings(
          host: String(collector[..<colon]), port: port, authorities: collectorAuthorities, stream: .both,
          format: format)
      }
    }
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
