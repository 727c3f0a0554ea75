import Custody
import Model
import Wire

/// What an account's name, password and the like must be.
enum AccountRules {
  /// The longest password, in Unicode scalars.
  static let passwordScalarsMax = PasswordRules.scalarsMax

  /// A log-in name, `[a-z0-9._-]{1,64}`; what looks like an id is none, since ids and names are taken in the same place.
  static func name(_ text: String) throws(RegisterError) -> String {
    let isGood = (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { isSmallLetter($0) || isOther($0) }
    guard isGood, UserID(text) == nil else { throw .invalid("name", AccountWords.badName) }
    return text
  }

  /// A name of a user of the operating system (useradd(8): up to 32, beginning with a letter or underscore); empty is
  /// none.
  static func unixUser(_ text: String) throws(RegisterError) -> String {
    guard let first = text.utf8.first else { return "" }
    let isGood =
      text.utf8.count <= 32 && (isSmallLetter(first) || first == 0x5F)
      && text.utf8.allSatisfy { isSmallLetter($0) || isOther($0) }
    guard isGood else { throw .invalid("unix-user", AccountWords.badUnixUser) }
    return text
  }

  private static func isSmallLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }

  private static func isOther(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x2D || byte == 0x5F
  }

  /// Throws `invalid/PARAMETER` for a password that will not do for an account of these names.
  static func checkPassword(
    _ password: String, _ parameter: String, withOneTime: Bool, name: String = "", fullName: String = ""
  ) throws(RegisterError) {
    do throws(PasswordRules.Fault) {
      try PasswordRules(loginName: name, fullName: fullName).check(password, withOneTime: withOneTime)
    } catch {
      throw .invalid(parameter, error.text)
    }
  }

  /// A random password of 125 bits that can be read out: five groups of five.
  static func newPassword() -> String {
    var random = SystemRandomNumberGenerator()
    let groups = (0..<5).map { _ in
      String((0..<5).compactMap { _ in RecoveryCodes.alphabet.randomElement(using: &random) })
    }
    return groups.joined(separator: "-")
  }

  /// Whether an enabled administrator other than this one is left.
  static func hasAdministrator(besides user: UserID, in rules: AccessRules) -> Bool {
    rules.employees.values.contains { $0.id != user && !$0.isDisabled && $0.roles.contains(.administrator) }
  }

  /// Throws `conflict/state` where the account is the last enabled administrator's.
  static func ensureNotLastAdministrator(_ employee: Employee, in rules: AccessRules) throws(RegisterError) {
    guard employee.roles.contains(.administrator), !employee.isDisabled else { return }
    guard hasAdministrator(besides: employee.id, in: rules) else {
      throw .conflictState(AccountWords.lastAdministrator)
    }
  }

  /// Throws `exists` where another account has the log-in name or the operating system's user.
  static func ensureFree(
    name: String?, unixUser: String?, certificate: [UInt8] = [], besides user: UserID? = nil, in rules: AccessRules
  ) throws(RegisterError) {
    for employee in rules.employees.values where employee.id != user {
      if let name, employee.name == name { throw .exists }
      if let unixUser, !unixUser.isEmpty, employee.unixUser == unixUser { throw .exists }
      if !certificate.isEmpty, employee.certificate == certificate { throw .exists }
    }
  }

  /// Throws `conflict/state` where roles that may not be held together would be one human being's, under whatever
  /// accounts (separation of duties).
  static func ensureApart(_ employee: Employee, with roles: [JobRole], in rules: AccessRules) throws(RegisterError) {
    var others = rules.employees
    others[employee.id] = employee
    let after = AccessRules(epoch: rules.epoch, employees: Array(others.values), grants: [])
    let held = others.values.filter { !$0.isDisabled && $0.id != employee.id && after.isSameHuman($0.id, employee.id) }
      .flatMap(\.roles)
    guard JobRole.areCompatible(held + employee.roles + roles) else { throw .conflictState(AccountWords.apartHuman) }
  }
}

/// An employee named by id or by log-in name.
enum UserReference: Sendable, Equatable {
  case id(UserID)
  case name(String)

  /// The reference of a parameter's text; throws `invalid/PARAMETER` where it can be neither.
  init(_ text: String, _ parameter: String) throws(RegisterError) {
    if let id = UserID(text) {
      self = .id(id)
    } else if let name = try? AccountRules.name(text) {
      self = .name(name)
    } else {
      throw .invalid(parameter, AccountWords.unknownUser)
    }
  }

  /// The account meant, if there is one.
  func find(in rules: AccessRules) -> Employee? {
    switch self {
    case .id(let id): rules.employees[id]
    case .name(let name): rules.employee(named: name)
    }
  }
}
