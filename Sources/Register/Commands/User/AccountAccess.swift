import Crypto
import Custody
import Model
import Wire

/// The ways into an account and what it reaches besides its roles, as `user.add` and `user.edit` take them.
struct AccountAccess: Sendable {
  private let unixUser: String?
  private let team: String?
  private let certificate: [UInt8]?
  private let sameAs: UserReference??

  init(_ arguments: Arguments) throws(RegisterError) {
    if let text = arguments.text("unix-user") { unixUser = try AccountRules.unixUser(text) } else { unixUser = nil }
    if let text = arguments.text("team") { team = try Self.team(text) } else { team = nil }
    if let text = arguments.text("certificate") { certificate = try Self.hash(text) } else { certificate = nil }
    if let text = arguments.text("same-as") {
      sameAs = .some(text.isEmpty ? nil : try UserReference(text, "same-as"))
    } else {
      sameAs = nil
    }
  }

  /// Whether none was given.
  var isEmpty: Bool { unixUser == nil && team == nil && certificate == nil && sameAs == nil }

  /// Changes an account accordingly.
  func apply(to employee: inout Employee, in rules: AccessRules) throws(RegisterError) {
    employee.unixUser = unixUser ?? employee.unixUser
    employee.team = team ?? employee.team
    employee.certificate = certificate ?? employee.certificate
    guard let sameAs else { return }
    guard let reference = sameAs else {
      employee.sameAs = nil
      return
    }
    guard let other = reference.find(in: rules), other.id != employee.id else {
      throw .invalid("same-as", AccountWords.unknownUser)
    }
    employee.sameAs = other.id
  }

  /// Whether a second person must agree that an account changes so.
  ///
  /// Of an account that can do something, a way in that is opened is as good as its roles, and so is whom it reaches; and
  /// whose it is decides who may approve what. A way in that is closed needs nobody. What is made of an account before it
  /// has a role is seen by whoever agrees to the role.
  static func needsApproval(_ after: Employee, _ before: Employee, in rules: AccessRules) -> Bool {
    guard !before.roles.isEmpty else { return false }
    if !after.unixUser.isEmpty, after.unixUser != before.unixUser { return true }
    if !after.certificate.isEmpty, after.certificate != before.certificate { return true }
    return after.team != before.team || after.sameAs != before.sameAs || after.fullName != before.fullName
      || humans(after, in: rules) != humans(before, in: rules)
  }

  /// An account as who agrees to something about it is shown it.
  static func shown(_ employee: Employee, in rules: AccessRules) -> JSONObject {
    [
      "user": .string(employee.name), "full-name": .string(employee.fullName),
      "roles": .names(employee.roles.map(\.name)), "unix-user": .string(employee.unixUser),
      "certificate": .string(Hex.encode(employee.certificate)), "team": .string(employee.team),
      "same-as": .text(employee.sameAs.flatMap { rules.employees[$0]?.name }),
    ]
  }

  /// SHA-256 of who gets into an account and whose it is: an agreement to a role holds for the account that was shown.
  static func digest(_ employee: Employee) -> [UInt8] {
    let parts = [
      employee.name, employee.fullName, employee.unixUser, Hex.encode(employee.certificate), employee.team,
      employee.sameAs?.description ?? "",
    ]
    return Array(SHA256.hash(data: JSON.array(parts.map { .string($0) }).encoded()))
  }

  /// Which other accounts are the same human being's, with an account as it would be.
  private static func humans(_ employee: Employee, in rules: AccessRules) -> Set<UserID> {
    var others = rules.employees
    others[employee.id] = employee
    let after = AccessRules(epoch: rules.epoch, employees: Array(others.values), grants: [])
    return Set(others.keys.filter { after.isSameHuman($0, employee.id) })
  }

  private static func team(_ text: String) throws(RegisterError) -> String {
    let isGood = text.unicodeScalars.count <= 64 && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
    guard isGood else { throw .invalid("team", AccountWords.badTeam) }
    return text
  }

  private static func hash(_ text: String) throws(RegisterError) -> [UInt8] {
    if text.isEmpty { return [] }
    let digits = text.filter { $0 != ":" }
    guard digits.utf8.count == 64, let bytes = Hex.decode(digits) else {
      throw .invalid("certificate", AccountWords.badCertificate)
    }
    return bytes
  }
}
