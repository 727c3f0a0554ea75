import Custody
import Model
import Wire

/// Makes an account; its roles come by approval.
struct UserAdd: RegisterCommand {
  static let spec = CommandSpec(
    verb: "user.add",
    summary: Text(
      en: "Make an account for an employee.", fi: "Luo työntekijälle käyttäjätili.",
      sv: "Skapa ett konto för en anställd."),
    parameters: [
      .init("name", .text, required: true, personal: true, AccountWords.name),
      .init("full-name", .text, required: true, personal: true, AccountWords.fullName),
      .init("roles", .words(JobRole.allCases.map(\.name)), required: false, personal: false, AccountWords.roles),
      .init("unix-user", .text, required: false, personal: true, AccountWords.unixUser),
      .init("password", .text, required: false, personal: true, AccountWords.password),
      .init("otp", .flag, required: false, personal: false, AccountWords.oneTime),
    ],
    columns: [
      .init("id", personal: false), .init("rev", personal: false), .init("password", personal: true),
      .init("one-time-secret", personal: true),
    ],
    permission: .object(.users, .write), purpose: .none, effect: .write, log: .one, approval: .sometimes,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let name: String
  private let fullName: String
  private let roles: [JobRole]
  private let unixUser: String
  private let password: String?
  private let hasOneTimePassword: Bool

  init(_ arguments: inout Arguments) throws(RegisterError) {
    name = try AccountRules.name(try arguments.required("name"))
    fullName = try ShortText.parse(try arguments.required("full-name"), parameter: "full-name").description
    roles = try arguments.words("roles") { JobRole(name: $0) } ?? []
    guard JobRole.areCompatible(roles) else { throw .invalid("roles", AccountWords.apart) }
    unixUser = try AccountRules.unixUser(arguments.text("unix-user") ?? "")
    hasOneTimePassword = try arguments.flag("otp")
    password = arguments.text("password")
    if let password { try AccountRules.checkPassword(password, "password", withOneTime: hasOneTimePassword) }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    guard roles.isEmpty else {
      // An account without roles can do nothing; what gives it any is another person's to approve.
      try AccountRules.ensureFree(name: name, unixUser: unixUser, in: call.custody.currentRules)
      throw RegisterError.deniedApproval
    }
    let id = UserID.new()
    let chosen = password ?? AccountRules.newPassword()
    let secret = hasOneTimePassword ? OneTimePassword.newSecret() : nil
    let sealed = try await call.sealSecrets(password: chosen, oneTimeSecret: secret, of: id)
    return try await call.commitRules(permit) { rules, _ in
      try AccountRules.ensureFree(name: name, unixUser: unixUser, in: rules.stored.rules)
      let employee = Employee(
        id: id, name: name, fullName: fullName, roles: [], hasOneTimePassword: secret != nil, unixUser: unixUser)
      try await rules.put(employee, sealed)
      var result = RuleResult(user: id, rev: employee.rev)
      if password == nil { result.secrets["password"] = .string(chosen) }
      if let secret { result.secrets["one-time-secret"] = .string(Base32.encode(secret, padding: false)) }
      return result
    }
  }
}
