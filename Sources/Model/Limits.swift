/// Every bound of the system, in one place. Units come last in the names.
public enum Limits {
  /// A line before authentication (PROTOCOL.md section 4).
  public static let lineBeforeAuthBytesMax = 4096
  /// The characters of a tag.
  public static let tagCharactersMax = 16
  /// A line after authentication.
  public static let lineBytesMax = 65_536
  /// A line from the server.
  public static let serverLineBytesMax = 1_048_576
  /// Commands under way on one connection.
  public static let inflightMax = 64
  /// Rows before the server waits for credit.
  public static let creditRows = 500
  /// Credit that a client can save up.
  public static let creditRowsMax = 1_000_000
  /// A silent session's life.
  public static let idleSeconds = 900
  /// From connecting to authenticated.
  public static let authTotalSeconds = 30
  /// Failed tries on one connection.
  public static let authTriesMax = 3
  /// Lines before authentication that are no feeds.
  public static let authCommandsMax = 8
  /// A client that takes nothing of what it is sent.
  public static let stalledWriteSeconds = 30
  /// Connections to one server, and from one address.
  public static let connectionsMax = 4096
  /// Connections from one address.
  public static let connectionsPerAddressMax = 1024
  /// Parameters of a command.
  public static let parametersMax = 63
  /// Rows of a page of persons.
  public static let pageRowsMax = 50
  /// Rows of a page of what is no person: sessions, roles, deputies, findings.
  public static let listRowsMax = 500
  /// Rows of one question to the log.
  public static let logRowsMax = 1_000_000
  /// How long a command may take, unless it is an import or a long question.
  public static let commandMilliseconds = 10_000
  /// What of a command's time is kept for putting a refusal into the log.
  public static let refusalMilliseconds = 4000
  /// How long one of its queries may take, waiting for a connection included.
  public static let queryMilliseconds = 5000
  /// How long an import may take.
  public static let importMilliseconds = 1_800_000
  /// How long a receipt may take before the log counts as unavailable.
  public static let receiptMilliseconds = 4000
  /// How far the sequencer may be behind before nothing is released.
  public static let sequencerBehindSecondsMax = 60
  /// A name, title, position or other short value, in Unicode scalars.
  public static let shortTextScalarsMax = 200
  /// A note, in Unicode scalars.
  public static let longTextScalarsMax = 4000
  /// A search text, in Unicode scalars.
  public static let searchTextScalarsMax = 100
  /// Phones, e-mails and addresses of one person, each.
  public static let contactsPerKindMax = 20
  /// Rows in one import.
  public static let importRowsMax = 200_000
  /// Bytes in one import.
  public static let importBytesMax = 256 * 1024 * 1024
  /// The client's own key of a write that may be repeated.
  public static let onceKeyScalarsMax = 64
  /// How long such a key is remembered.
  public static let onceHours = 24
  /// PBKDF2 rounds of a password verifier.
  public static let passwordIterationsMin = 600_000
  /// A password without, and with, a one-time password.
  public static let passwordScalarsMin = 15
  /// A password where there is a one-time password too.
  public static let passwordWithOneTimeScalarsMin = 12
  /// How long a replaced value's key may live (REGISTER.md section 6).
  public static let replacedValueDays = 7
  /// Months that the keys of search-word hashes live.
  public static let searchHashMonths = 12
  /// Distinct persons that an employee is shown a day without a second person.
  public static let dailyPersons = 300
  /// How long a request waits for a second person, and an agreement for its use.
  public static let approvalSeconds = 86_400
  /// Requests of one employee that wait at a time.
  public static let approvalsWaitingMax = 20
  /// How long what became of a request is kept beside the log.
  public static let approvalKeptDays = 30
  /// How long ago a log-in may be for the first one-time password to be set up.
  public static let freshLoginSeconds = 900
  /// The longest break-glass.
  public static let breakGlassMinutesMax = 60
  /// Within what time it must have been reviewed.
  public static let breakGlassReviewSeconds = 3 * 86_400
  /// How long its reason is kept after that.
  public static let breakGlassKeptDays = 365
  /// A reason, in Unicode scalars.
  public static let reasonScalarsMax = 500
}
