import Crypto
import Custody
public import Model
import Postgres
import Sealing
public import Wire

/// Who somebody is: password verifiers, one-time passwords, the operating system's word. Every success and failure is in
/// the access log before it is answered; known and unknown names take the same path.
public struct Authentication: Sendable {
  let custody: Custody
  let store: Store

  /// An account that was proved.
  public struct Account: Sendable {
    /// The employee.
    public let user: UserID
    /// The name they logged in with.
    public let name: String
    /// Their job roles.
    public let roles: [JobRole]
  }

  /// Where a try to log in comes from.
  public struct Origin: Sendable {
    /// The client's address, without port.
    public let address: String
    /// The session that it would open.
    public let session: SessionID
    /// The id that its answer carries.
    public let request: RequestID

    /// Where a try comes from.
    public init(address: String, session: SessionID, request: RequestID) {
      self.address = address
      self.session = session
      self.request = request
    }
  }

  /// What a name is challenged with.
  public struct Challenge: Sendable {
    /// The verifier to check the password against; for an unknown name one that nothing matches.
    public let verifier: ScramVerifier
    let employee: Employee?
  }

  /// What comes after a password.
  public enum Step: Sendable {
    /// Logged in.
    case done(Account)
    /// A one-time password is needed.
    case needsOneTime
  }

  static let failed = RegisterError(
    "auth/failed",
    Text(
      en: "The name or the password is wrong.", fi: "Nimi tai salasana on väärä.", sv: "Namnet eller lösenordet är fel."
    ))

  static let wrongCode = RegisterError(
    "auth/otp",
    Text(
      en: "The one-time password is wrong or was used already.", fi: "Kertakäyttösalasana on väärä tai jo käytetty.",
      sv: "Engångslösenordet är fel eller redan använt."))

  /// What to challenge a name with. Known and unknown names cost the same work.
  public func challenge(for name: String) async -> Challenge {
    let employee = custody.currentRules.employee(named: name)
    let secrets = employee.map { custody.secrets(of: $0.id) } ?? .init()
    let decoy = decoy(for: name)
    guard let employee, !secrets.verifier.isEmpty,
      let bytes = try? custody.keys.openVerifier(secrets.verifier, of: employee.id),
      let verifier = VerifierCoding.decode(bytes)
    else { return Challenge(verifier: decoy, employee: employee) }
    return Challenge(verifier: verifier, employee: employee)
  }

  private func decoy(for name: String) -> ScramVerifier {
    let key = (try? custody.keys.serviceKey(.decoy))?.withUnsafeBytes { Array($0) } ?? []
    return ScramVerifier.decoy(user: name, key: key)
  }

  /// Goes on after the password was proved or not.
  ///
  /// - Throws: `auth/failed`; `unavailable/log` where it cannot be put into the log.
  public func afterPassword(_ challenge: Challenge, isProven: Bool, from origin: Origin)
    async throws(RegisterError) -> Step
  {
    guard isProven, let employee = challenge.employee, !employee.isDisabled else {
      throw await fail(Self.failed, challenge.employee?.id, origin)
    }
    if employee.hasOneTimePassword { return .needsOneTime }
    return .done(try await succeed(employee, origin))
  }

  /// Checks a one-time password; a code works once, also when it is tried on several connections at once.
  ///
  /// - Throws: `auth/otp`; `unavailable/…`.
  public func oneTime(_ challenge: Challenge, code: String, from origin: Origin)
    async throws(RegisterError) -> Account
  {
    guard let employee = challenge.employee, !employee.isDisabled,
      let seed = try? custody.keys.openOneTimeSecret(
        custody.secrets(of: employee.id).seed, of: employee.id)
    else { throw await fail(Self.wrongCode, challenge.employee?.id, origin) }
    do {
      let used = try await store.lastOneTimeStep(of: employee.id)
      if let step = OneTimePassword.matchingStep(code: code, secret: seed, at: .now(), after: used),
        try await store.useOneTimeStep(step, of: employee.id)
      {
        return try await succeed(employee, origin)
      }
    } catch {
      throw Custody.registerError(error)
    }
    throw await fail(Self.wrongCode, employee.id, origin)
  }

  /// Logs in the employee whose account names this user of the operating system.
  ///
  /// - Throws: `auth/failed`; `unavailable/log`.
  public func external(unixUser: String, from origin: Origin) async throws(RegisterError)
    -> Account
  {
    let employee = custody.currentRules.employees.values.first { !unixUser.isEmpty && $0.unixUser == unixUser }
    guard let employee, !employee.isDisabled else {
      throw await fail(Self.failed, employee?.id, origin)
    }
    return try await succeed(employee, origin)
  }

  private func succeed(_ employee: Employee, _ origin: Origin) async throws(RegisterError)
    -> Account
  {
    _ = try await custody.recordEvent(
      verb: "auth", outcome: .ok, user: employee.id, session: origin.session, address: origin.address,
      request: origin.request)
    return Account(user: employee.id, name: employee.name, roles: employee.roles)
  }

  private func fail(_ error: RegisterError, _ user: UserID?, _ origin: Origin) async
    -> RegisterError
  {
    do {
      _ = try await custody.recordEvent(
        verb: "auth", outcome: .denied, code: error.code, user: user, session: origin.session, address: origin.address,
        request: origin.request)
      return error
    } catch let logError {
      return logError
    }
  }
}
