import Custody
import Model
import Wire

/// Sets up one's one-time password, the first or another one, and gives new recovery codes.
struct SessionOtp: RegisterCommand {
  /// Time for a person to take out the telephone and scan.
  private static let milliseconds = 300_000

  static let spec = CommandSpec(
    verb: "session.otp",
    summary: Text(
      en: "Set up your one-time password, or a new one, with recovery codes.",
      fi: "Ota kertakäyttösalasana käyttöön tai vaihda se; saat myös varakoodit.",
      sv: "Ta i bruk ditt engångslösenord, eller byt det; du får också reservkoder."),
    parameters: [],
    columns: [
      .init("uri", personal: true), .init("secret", personal: true), .init("recovery-code", personal: true),
    ],
    permission: .object(.session, .write), purpose: .none, effect: .write, log: .one, approval: .never,
    timeLimitMilliseconds: milliseconds)

  init(_ arguments: inout Arguments) throws(RegisterError) {}

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let user = call.context.principal.user
    let custody = call.custody
    guard let employee = custody.currentRules.employees[user] else { throw RegisterError.deniedRole }
    let present = custody.secrets(of: user).seed
    if present.isEmpty {
      try Self.ensureFresh(call)
    } else {
      let code = try await call.askOneTimeCode(for: "current")
      try await call.checkOneTime(code)
    }
    let secret = OneTimePassword.newSecret()
    try await show(secret, of: employee, call, permit)
    // In force only once the app has it: a code of it shows that.
    let code = try await call.askOneTimeCode(for: "new")
    guard let step = OneTimePassword.matchingStep(code: code, secret: secret, at: .now(), after: nil) else {
      throw Authentication.wrongCode
    }
    return try await put(secret, step, besides: present, of: user, call)
  }

  /// Throws `auth/required` where the log-in is long ago: a session that was left open, or a stolen one, must not be
  /// enough to become the account's second factor.
  private static func ensureFresh(_ call: Call) throws(RegisterError) {
    guard let open = call.services.sessions.find(call.context.principal.session) else { return }
    guard Instant.now() < open.since.adding(seconds: Int64(Limits.freshLoginSeconds)) else { throw stale }
  }

  private static let stale = RegisterError(
    "auth/required",
    Text(
      en: "Log in again first: setting up the first one-time password needs a new log-in.",
      fi: "Kirjaudu ensin uudelleen: ensimmäisen kertakäyttösalasanan käyttöönotto vaatii uuden kirjautumisen.",
      sv: "Logga in på nytt först: det första engångslösenordet kräver en ny inloggning."))

  private func show(_ secret: [UInt8], of employee: Employee, _ call: Call, _ permit: consuming Permit) async throws {
    let epoch = try await call.store.epoch()
    let receipt = try await call.custody.disclosure(permit).record(
      rows: 1, epoch: epoch, subject: employee.id.retyped())
    try await call.port.send(
      Reply.row(
        [
          "uri": .string(OneTimeEnrolment.uri(account: employee.name, secret: secret)),
          "secret": .string(Base32.encode(secret, padding: false)),
        ], receipt))
  }

  /// Puts the secret in force with new recovery codes, unless another took the present one's place meanwhile.
  private func put(_ secret: [UInt8], _ step: Int64, besides present: [UInt8], of user: UserID, _ call: Call)
    async throws -> Reply.Final
  {
    let codes = RecoveryCodes.make()
    let seed = try call.custody.keys.sealOneTimeSecret(
      OneTimeSeed(secret: secret, recoveryCodes: codes).bytes, of: user)
    let permit = try await call.permitUnderNewestRules()
    return try await call.commitRules(permit) { rules, change in
      guard var employee = rules.stored.rules.employees[user], let secrets = rules.stored.secrets[user] else {
        throw RegisterError.notFound
      }
      guard secrets.seed == present else { throw RegisterError.conflictRev }
      employee.rev += 1
      employee.hasOneTimePassword = true
      try await rules.put(employee, .init(verifier: secrets.verifier, seed: seed))
      // The code that proved it is spent; that step may be already, with a code of the secret before.
      _ = try await call.store.useOneTimeStep(step, of: user, in: change.transaction)
      var result = RuleResult(user: user, rev: employee.rev)
      result.rows = codes.map { ["recovery-code": .string($0)] }
      return result
    }
  }
}

extension Call {
  /// Asks for a one-time password, or a recovery code in its place, in the middle of a command.
  ///
  /// - Throws: `auth/otp` for an answer that holds none.
  func askOneTimeCode(for use: String? = nil) async throws -> String {
    var need: JSONObject = ["need": "otp"]
    if let use { need["for"] = .string(use) }
    guard let code = try await port.ask(need)["otp"]?.string, code.utf8.count <= 64 else {
      throw Authentication.wrongCode
    }
    return code
  }

  /// Asks for a one-time password of who is asking, and spends it.
  ///
  /// - Throws: `auth/otp`, where the account has none too; `auth/locked`, `unavailable/…`.
  func proveOneTime() async throws {
    guard custody.currentRules.employees[context.principal.user]?.hasOneTimePassword == true else {
      throw RegisterError.noOneTimePassword
    }
    try await checkOneTime(try await askOneTimeCode())
  }

  /// A permit after a person was waited for: the rules may have changed under the first one.
  func permitUnderNewestRules() async throws -> Permit {
    if try await store.epoch() != custody.currentRules.epoch { try await custody.reloadRules() }
    return try permitAgain()
  }
}

extension RegisterError {
  static let noOneTimePassword = RegisterError(
    "auth/otp",
    Text(
      en: "This needs a one-time password, and your account has none.",
      fi: "Tähän tarvitaan kertakäyttösalasana, eikä tililläsi ole sellaista.",
      sv: "Detta kräver ett engångslösenord, och ditt konto har inget."),
    hint: Text(en: "Set one up: session.otp", fi: "Ota se käyttöön: session.otp", sv: "Ta i bruk ett: session.otp"))
}
