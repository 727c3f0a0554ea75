import Crypto
import Custody
public import Model
import Postgres
import Sealing
import Synchronization
import Wire

/// Who somebody is: password verifiers, one-time passwords, certificates, tokens, the operating system's word.
///
/// Every success and failure is in the access log before it is answered; known and unknown names take the same path.
public struct Authentication: Sendable {
  let custody: Custody
  let store: Store
  let settings: AuthenticationSettings
  let oneTimes: OneTimeCheck
  private let history: LoginHistory
  private let notices: any LoginNotices
  private let throttle = Throttle()

  /// Authentication by a register's accounts.
  init(
    custody: Custody, store: Store, settings: AuthenticationSettings = AuthenticationSettings(),
    notices: any LoginNotices = NoLoginNotices()
  ) {
    self.custody = custody
    self.store = store
    self.settings = settings
    self.notices = notices
    oneTimes = OneTimeCheck(custody: custody, store: store)
    history = LoginHistory(custody: custody, store: store)
  }

  // MARK: By name and password

  /// What to challenge a name with. Known and unknown names cost the same work.
  public func challenge(for name: String) async -> Challenge {
    let rules = custody.currentRules
    let employee = rules.employee(named: name)
    // Where the name has no verifier another account's is opened, and thrown away.
    let opened = ([employee].compactMap { $0 } + rules.employees.values).lazy
      .map { (user: $0.id, sealed: custody.secrets(of: $0.id).verifier) }.first { !$0.sealed.isEmpty }
    let decoy = decoy(for: name)
    let verifier = opened.flatMap { account in
      (try? custody.keys.openVerifier(account.sealed, of: account.user)).flatMap { VerifierCoding.decode($0) }
    }
    guard let employee, let opened, opened.user == employee.id, let verifier else {
      return Challenge(name: name, verifier: decoy, user: employee?.id, sealed: [])
    }
    return Challenge(name: name, verifier: verifier, user: employee.id, sealed: opened.sealed)
  }

  private func decoy(for name: String) -> ScramVerifier {
    let key = (try? custody.keys.serviceKey(.decoy))?.withUnsafeBytes { Array($0) } ?? []
    return ScramVerifier.decoy(user: name, key: key)
  }

  /// Goes on after the password was proved or not; waits first where many tries failed.
  ///
  /// - Throws: `auth/failed`; `auth/locked` after a right password only; `unavailable/…`.
  public func afterPassword(_ challenge: Challenge, isProven: Bool, from origin: Origin)
    async throws(RegisterError) -> Step
  {
    await slowDown(challenge, origin)
    return try await judge(challenge, isProven: isProven, from: origin)
  }

  /// Checks a password that was sent as it is (the mechanism PLAIN); not at all where the task is cancelled before its turn.
  ///
  /// - Throws: as `afterPassword`; `limit/rate` where too many passwords are being checked.
  public func plain(_ challenge: Challenge, password: String, from origin: Origin) async throws(RegisterError) -> Step {
    await slowDown(challenge, origin)
    let isProven: Bool
    do {
      let verifier = challenge.verifier
      isProven = try await PasswordQueue.shared.run(.logIn) { verifier.matches(password: password) }
    } catch {
      throw await fail(Custody.registerError(error), challenge.user, origin)
    }
    // Whoever leaves now has been heard all the same.
    let judged = await Task { () async -> Result<Step, RegisterError> in
      do throws(RegisterError) {
        return .success(try await judge(challenge, isProven: isProven, from: origin))
      } catch {
        return .failure(error)
      }
    }.value
    return try judged.get()
  }

  private func judge(_ challenge: Challenge, isProven: Bool, from origin: Origin) async throws(RegisterError) -> Step {
    guard isProven, let employee = try await current(challenge) else {
      throttle.state.withLock { $0.failed(name: challenge.name, address: origin.address, now: .now()) }
      throw await fail(Self.failed, challenge.user, origin)
    }
    throttle.state.withLock { $0.succeeded(name: challenge.name, address: origin.address) }
    return try await afterProof(employee, from: origin)
  }

  private func slowDown(_ challenge: Challenge, _ origin: Origin) async {
    let delay = throttle.state.withLock {
      $0.delayMilliseconds(name: challenge.name, address: origin.address, now: .now())
    }
    if delay > 0 { try? await Task.sleep(for: .milliseconds(delay)) }
  }

  // MARK: One-time passwords

  /// After the first proof: logged in, or a one-time password is needed.
  private func afterProof(_ employee: Employee, from origin: Origin) async throws(RegisterError) -> Step {
    guard employee.hasOneTimePassword else { return .done(try await succeed(employee, origin)) }
    if let until = try await oneTimes.lock(of: employee.id) {
      throw await fail(Self.locked(until: until), employee.id, origin)
    }
    return .needsOneTime
  }

  /// Checks a one-time password; a code works once, also when it is tried on several connections at once.
  ///
  /// - Throws: `auth/otp`; `auth/locked`; `unavailable/…`.
  public func oneTime(_ challenge: Challenge, code: String, from origin: Origin)
    async throws(RegisterError) -> Account
  {
    guard let employee = try await current(challenge) else { throw await fail(Self.wrongCode, challenge.user, origin) }
    switch try await oneTimes.check(code, of: employee.id) {
    case .right: return try await succeed(employee, origin)
    case .recovery: return try await succeed(employee, origin, code: RecoveryCodes.entryCode)
    case .used, .wrong: throw await fail(Self.wrongCode, employee.id, origin)
    case .locked(let until): throw await fail(Self.locked(until: until), employee.id, origin)
    }
  }

  /// A log-in was broken off after the password was proved: somebody has it and, where a one-time password is asked for,
  /// not that.
  public func abandoned(_ challenge: Challenge, from origin: Origin) async {
    guard let employee = enabled(challenge.user), employee.hasOneTimePassword else { return }
    _ = try? await custody.recordEvent(
      verb: "auth", outcome: .failed, code: Self.wrongCode.code, user: employee.id, session: origin.session,
      address: origin.address, request: origin.request)
  }

  // MARK: By other proofs

  /// Logs in the employee whose account names this user of the operating system.
  ///
  /// - Throws: `auth/failed`; `unavailable/log`.
  public func external(unixUser: String, from origin: Origin) async throws(RegisterError) -> Account {
    try await refreshRules()
    let found = custody.currentRules.employees.values.first { !unixUser.isEmpty && $0.unixUser == unixUser }
    guard let employee = enabled(found?.id) else { throw await fail(Self.failed, found?.id, origin) }
    return try await succeed(employee, origin)
  }

  /// Goes on for the employee whose account names the certificate that the client proved to have.
  ///
  /// - Throws: `auth/failed`; `auth/locked`; `unavailable/…`.
  public func certificate(from origin: Origin) async throws(RegisterError) -> (Challenge, Step) {
    try await refreshRules()
    let shown = origin.binding.certificate
    let found = custody.currentRules.employees.values.first { !shown.isEmpty && $0.certificate == shown }
    guard let employee = enabled(found?.id) else { throw await fail(Self.failed, found?.id, origin) }
    let challenge = Challenge(name: employee.name, verifier: decoy(for: employee.name), user: employee.id, sealed: nil)
    return (challenge, try await afterProof(employee, from: origin))
  }

  /// Resumes the session of a token, which keeps its id.
  ///
  /// - Throws: `auth/failed`; `auth/expired` for a token that is right otherwise; `unavailable/…`.
  public func resume(_ token: String, from origin: Origin) async throws(RegisterError) -> Account {
    guard let secret = TokenSecret(token) else { throw await fail(Self.badToken, nil, origin) }
    try await refreshRules()
    let found: TokenRow?
    do {
      let key = try TokenRow.key(custody.keys)
      found = try await store.token(of: secret.session).flatMap { $0.row.isGenuine($0.mac, key) ? $0.row : nil }
    } catch {
      throw Self.unavailable(error)
    }
    guard let row = found, let employee = custody.currentRules.employees[row.user] else {
      throw await fail(Self.badToken, nil, origin)
    }
    let verdict = row.judge(
      TokenRow.Presented(
        secret: secret, address: origin.binding.place, certificate: origin.binding.certificate,
        user: employee.isDisabled ? nil : employee.id,
        credentials: TokenRow.credentials(employee, custody.secrets(of: employee.id)), now: .now(),
        idleMinutes: settings.tokenIdleMinutes))
    switch verdict {
    case .wrong: throw await fail(Self.badToken, employee.id, origin)
    case .expired: throw await fail(Self.expired, employee.id, origin)
    case .right: return try await succeed(employee, origin, resuming: row)
    }
  }

  // MARK: Ends

  /// Whose name was proved, under the rules of this moment: a password that was changed meanwhile, on whichever server, and
  /// an account that was closed let nobody in.
  private func current(_ challenge: Challenge) async throws(RegisterError) -> Employee? {
    try await refreshRules()
    guard let employee = enabled(challenge.user) else { return nil }
    guard let sealed = challenge.sealed else { return employee }
    return !sealed.isEmpty && custody.secrets(of: employee.id).verifier == sealed ? employee : nil
  }

  /// Reads the rules where another server has changed them and this one has not heard of it yet.
  private func refreshRules() async throws(RegisterError) {
    do {
      if try await store.epoch() != custody.currentRules.epoch { try await custody.reloadRules() }
    } catch {
      throw Self.unavailable(error)
    }
  }

  private func enabled(_ user: UserID?) -> Employee? {
    user.flatMap { custody.currentRules.employees[$0] }.flatMap { $0.isDisabled ? nil : $0 }
  }

  private func succeed(_ employee: Employee, _ origin: Origin, resuming row: TokenRow? = nil, code: String = "")
    async throws(RegisterError) -> Account
  {
    // Before this one is in the log.
    var login = row == nil ? await history.summary(of: employee.id) : LoginSummary()
    let session = row?.session ?? origin.session
    _ = try await custody.recordEvent(
      verb: "auth", outcome: .ok, code: code, user: employee.id, session: session, address: origin.address,
      request: origin.request)
    if row == nil { login.notices = await notices.notices(for: employee.id) }
    return Account(
      user: employee.id, name: employee.name, roles: employee.roles, session: session, since: row?.since ?? .now(),
      login: login)
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

/// The throttle that all connections share.
private final class Throttle: Sendable {
  let state = Mutex(LoginThrottle())
}
