import AccessLog

/// How a server's access log stands to what this client saw of it before.
struct LogFinding: Sendable, Equatable {
  /// How it came out.
  enum State: Sendable, Equatable {
    /// The user may not ask for the log.
    case notAsked
    /// The user could ask before and cannot now.
    case noLonger
    /// Seen for the first time; remembered from now on.
    case first
    /// The log only grew since it was seen last, or is the same.
    case consistent
    /// A log of a new origin, which the person took.
    case accepted(LogContinuation)
    /// Not to be believed.
    case alarm(LogAlarm)
  }

  var state: State
  /// What the server showed, as far as it could be read.
  var shown: ShownLog?
  /// The keys that the person gave.
  var given: [VerifierKey] = []
  /// What was remembered before.
  var remembered: RememberedLog?
  /// The witnesses known to the client that cosigned.
  var cosigners: [LogCosigner] = []
  /// How many entries the log has that they cosigned, where it is not the one shown.
  var cosignedSize: Int64?
  /// How many witnesses the client knows.
  var witnesses = 0
  /// Where both checkpoints were saved.
  var files: [String] = []
  /// Why they, or what is to be remembered, could not be saved.
  var failure: ClientError?
  /// Whether there is a place to remember it in.
  var isKept = true

  /// Whether the program's exit code must tell.
  var isAlarm: Bool { if case .alarm = state { true } else { false } }
}

/// What the rest of a session knows of the log.
struct LogStanding: Sendable {
  /// Keys that are trusted: those given, else the remembered one, else the one just pinned; then witnesses' keys.
  var keys: [VerifierKey] = []
  /// The note that was remembered before this session.
  var remembered: String?
  /// Whether the log is not to be believed.
  var isAlarm = false

  /// For the report.
  var trust: ReportTrust { ReportTrust(keys: keys.map(\.description), remembered: remembered) }
}
