import Custody
public import Model
public import Wire

extension Authentication {
  /// An account that was proved.
  public struct Account: Sendable {
    /// The employee.
    public let user: UserID
    /// The name they logged in with.
    public let name: String
    /// Their job roles.
    public let roles: [JobRole]
    /// The session: the one that was resumed, or the connection's own.
    public let session: SessionID
    /// When the session was logged in.
    public let since: Instant
    /// What the log-in tells of those before it.
    public let login: LoginSummary
  }

  /// Where a try to log in comes from.
  public struct Origin: Sendable {
    /// The client's address, without port.
    public let address: String
    /// What a session of it is bound to.
    public let binding: Sessions.Binding
    /// The session that it would open.
    public let session: SessionID
    /// The id that its answer carries.
    public let request: RequestID

    /// Where a try comes from.
    public init(address: String, binding: Sessions.Binding, session: SessionID, request: RequestID) {
      self.address = address
      self.binding = binding
      self.session = session
      self.request = request
    }
  }

  /// What a name is challenged with.
  public struct Challenge: Sendable {
    let name: String
    /// The verifier to check the password against; for an unknown name one that nothing matches.
    public let verifier: ScramVerifier
    let user: UserID?
    /// The account's verifier as it is stored, which must still be that when the log-in ends; nil where no password is
    /// asked for.
    let sealed: [UInt8]?
  }

  /// What comes after a first proof.
  public enum Step: Sendable {
    /// Logged in.
    case done(Account)
    /// A one-time password is needed.
    case needsOneTime
  }

  /// The error for what went wrong behind a log-in: whatever it was, there is none now.
  static func unavailable(_ error: any Error) -> RegisterError {
    let error = Custody.registerError(error)
    return error.isOf("unavailable") || error.isOf("auth") ? error : .unavailableDatabase
  }

  static let failed = RegisterError(
    "auth/failed",
    Text(
      en: "The name or the password is wrong.", fi: "Nimi tai salasana on väärä.", sv: "Namnet eller lösenordet är fel."
    ))

  static let badToken = RegisterError(
    "auth/failed",
    Text(
      en: "The session cannot be resumed.", fi: "Istuntoa ei voi jatkaa.", sv: "Sessionen kan inte återupptas."))

  static let expired = RegisterError(
    "auth/expired",
    Text(
      en: "The session has expired. Log in again.", fi: "Istunto on vanhentunut. Kirjaudu uudelleen.",
      sv: "Sessionen har gått ut. Logga in igen."))

  static let wrongCode = RegisterError(
    "auth/otp",
    Text(
      en: "The one-time password is wrong or was used already.", fi: "Kertakäyttösalasana on väärä tai jo käytetty.",
      sv: "Engångslösenordet är fel eller redan använt."))

  static func locked(until: Instant, now: Instant = .now()) -> RegisterError {
    RegisterError(
      "auth/locked",
      Text(
        en: "Too many wrong one-time passwords: the account is locked for a while.",
        fi: "Liian monta väärää kertakäyttösalasanaa: tili on hetken lukittu.",
        sv: "För många felaktiga engångslösenord: kontot är låst en stund."),
      hint: Text(
        en: "An administrator can unlock it: user.unlock", fi: "Pääkäyttäjä voi avata lukon: user.unlock",
        sv: "En administratör kan låsa upp det: user.unlock"),
      retryMilliseconds: max(1000, Int((until.microseconds - now.microseconds) / 1000)))
  }
}
