import Custody
import Model
import Wire

/// What an account's name, password and the like must be.
enum AccountRules {
  /// The longest password, in Unicode scalars: it fits a line before authentication in Base 64.
  static let passwordScalarsMax = 256
  /// Letters and digits that are not mistaken for each other: 32, so five bits each.
  private static let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")

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

  /// Throws `invalid/PARAMETER` for a password that will not do.
  static func checkPassword(_ password: String, _ parameter: String, withOneTime: Bool) throws(RegisterError) {
    let scalarsMin = withOneTime ? Limits.passwordWithOneTimeScalarsMin : Limits.passwordScalarsMin
    guard SafeText.isSafe(password) else { throw .invalid(parameter, AccountWords.controls) }
    guard password.unicodeScalars.count >= scalarsMin else {
      throw .invalid(parameter, AccountWords.passwordShort(scalarsMin))
    }
    guard password.unicodeScalars.count <= passwordScalarsMax else {
      throw .invalid(parameter, AccountWords.passwordLong(passwordScalarsMax))
    }
  }

  /// A random password of 125 bits that can be read out: five groups of five.
  static func newPassword() -> String {
    var random = SystemRandomNumberGenerator()
    let groups = (0..<5).map { _ in
      String((0..<5).compactMap { _ in alphabet.randomElement(using: &random) })
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
    name: String?, unixUser: String?, besides user: UserID? = nil, in rules: AccessRules
  ) throws(RegisterError) {
    for employee in rules.employees.values where employee.id != user {
      if employee.name == name { throw .exists }
      if let unixUser, !unixUser.isEmpty, employee.unixUser == unixUser { throw .exists }
    }
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
