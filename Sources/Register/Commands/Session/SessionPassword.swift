import Custody
import Model
import Wire

/// Changes one's own password; one's other sessions and all tokens end.
struct SessionPassword: RegisterCommand {
  static let spec = CommandSpec(
    verb: "session.password",
    summary: Text(
      en: "Change your password; your other sessions end.", fi: "Vaihda salasanasi; muut istuntosi päättyvät.",
      sv: "Byt ditt lösenord; dina andra sessioner avslutas."),
    parameters: [
      .init(
        "old", .text, required: true, personal: true,
        Text(en: "the password so far", fi: "nykyinen salasana", sv: "det nuvarande lösenordet")),
      .init(
        "new", .text, required: true, personal: true,
        Text(en: "the new password", fi: "uusi salasana", sv: "det nya lösenordet")),
    ],
    columns: [.init("id", personal: false), .init("rev", personal: false)],
    permission: .object(.session, .write), purpose: .none, effect: .write, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let old: String
  private let new: String

  init(_ arguments: inout Arguments) throws(RegisterError) {
    old = try arguments.required("old")
    new = try arguments.required("new")
    guard old.unicodeScalars.count <= AccountRules.passwordScalarsMax else { throw Self.wrong }
    try AccountRules.checkPassword(new, "new", withOneTime: true)
    guard old != new else {
      throw .invalid(
        "new",
        Text(
          en: "The new password is the old one.", fi: "Uusi salasana on sama kuin nykyinen.",
          sv: "Det nya lösenordet är det gamla."))
    }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let user = call.context.principal.user
    let custody = call.custody
    var verified: [UInt8] = []
    var sealed = RuleStore.Secrets()
    func prepare() async throws {
      guard let employee = custody.currentRules.employees[user] else { throw RegisterError.notFound }
      try check(employee, hasOneTimePassword: employee.hasOneTimePassword)
      verified = custody.secrets(of: user).verifier
      guard try await Self.matches(old, verified, of: user, custody) else { throw Self.wrong }
      sealed = try await call.sealSecrets(password: new, oneTimeSecret: nil, of: user)
    }
    let final = try await call.commitRules(permit, preparing: prepare) { rules, _ in
      guard var employee = rules.stored.rules.employees[user], let secrets = rules.stored.secrets[user] else {
        throw RegisterError.notFound
      }
      // Changed by somebody else since the old one was verified.
      guard secrets.verifier == verified else { throw RegisterError.conflictRev }
      try check(employee, hasOneTimePassword: !secrets.seed.isEmpty)
      employee.rev += 1
      try await rules.put(employee, .init(verifier: sealed.verifier, seed: secrets.seed))
      return RuleResult(user: user, rev: employee.rev)
    }
    await call.endSessions(of: user, besides: call.context.principal.session)
    return final
  }

  private func check(_ employee: Employee, hasOneTimePassword: Bool) throws(RegisterError) {
    try AccountRules.checkPassword(
      new, "new", withOneTime: hasOneTimePassword, name: employee.name, fullName: employee.fullName)
  }

  private static func matches(_ password: String, _ sealed: [UInt8], of user: UserID, _ custody: Custody) async throws
    -> Bool
  {
    guard !sealed.isEmpty else {
      throw RegisterError.conflictState(
        Text(
          en: "This account has no password.", fi: "Tällä tilillä ei ole salasanaa.",
          sv: "Detta konto har inget lösenord."))
    }
    return try await PasswordQueue.shared.run(.command) {
      guard let verifier = VerifierCoding.decode(try custody.keys.openVerifier(sealed, of: user)) else {
        throw RegisterError.unavailableKeys
      }
      return verifier.matches(password: password)
    }
  }

  private static let wrong = RegisterError.invalid(
    "old",
    Text(en: "This is not your password.", fi: "Tämä ei ole salasanasi.", sv: "Detta är inte ditt lösenord."))
}
