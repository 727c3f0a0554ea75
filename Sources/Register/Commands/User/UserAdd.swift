import Custody
import Model
import Wire

/// Makes an account; one that has roles needs another person's approval.
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
      .init("team", .text, required: false, personal: false, AccountWords.team),
      .init("certificate", .text, required: false, personal: false, AccountWords.certificate),
      .init("same-as", .text, required: false, personal: true, AccountWords.sameAs),
      .init("password", .text, required: false, personal: true, AccountWords.password),
      .init("otp", .flag, required: false, personal: false, AccountWords.oneTime),
    ],
    columns: [
      .init("id", personal: false), .init("rev", personal: false), .init("password", personal: true),
      .init("one-time-secret", personal: true),
    ],
    permission: .object(.users, .write), purpose: .none, effect: .write, log: .one, approval: .sometimes(.sentAgain),
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let name: String
  private let fullName: String
  private let roles: [JobRole]
  private let access: AccountAccess
  private let password: String?
  private let hasOneTimePassword: Bool

  init(_ arguments: inout Arguments) throws(RegisterError) {
    name = try AccountRules.name(try arguments.required("name"))
    fullName = try ShortText.parse(try arguments.required("full-name"), parameter: "full-name").description
    roles = try arguments.words("roles") { JobRole(name: $0) } ?? []
    guard JobRole.areCompatible(roles) else { throw .invalid("roles", AccountWords.apart) }
    access = try AccountAccess(arguments)
    hasOneTimePassword = try arguments.flag("otp")
    password = arguments.text("password")
    if let password {
      try AccountRules.checkPassword(
        password, "password", withOneTime: hasOneTimePassword, name: name, fullName: fullName)
    }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let id = UserID.new()
    let chosen = password ?? AccountRules.newPassword()
    let secret = hasOneTimePassword ? OneTimePassword.newSecret() : nil
    var employee = Employee(id: id, name: name, fullName: fullName, roles: [], hasOneTimePassword: secret != nil)
    let isApproved = call.context.approval != nil
    if !roles.isEmpty, !isApproved {
      // What cannot be made at all is told first; and a password is made once somebody agreed.
      try check(&employee, call.custody.currentRules)
      try permit.requireApproval(ApprovalNeeded(.users))
    }
    let sealed = try await call.sealSecrets(password: chosen, oneTimeSecret: secret, of: id)
    return try await call.commitRules(permit) { [employee] rules, change in
      var employee = employee
      try check(&employee, rules.stored.rules)
      if !roles.isEmpty { try change.requireApproval(.users) }
      try await rules.put(employee, sealed)
      for role in roles { try await rules.grant(role, to: id) }
      var result = RuleResult(user: id, rev: employee.rev)
      if password == nil { result.secrets["password"] = .string(chosen) }
      if let secret { result.secrets["one-time-secret"] = .string(Base32.encode(secret, padding: false)) }
      return result
    }
  }

  private func check(_ employee: inout Employee, _ rules: AccessRules) throws {
    try access.apply(to: &employee, in: rules)
    try AccountRules.ensureFree(
      name: name, unixUser: employee.unixUser, certificate: employee.certificate, in: rules)
    try AccountRules.ensureApart(employee, with: roles, in: rules)
  }
}
