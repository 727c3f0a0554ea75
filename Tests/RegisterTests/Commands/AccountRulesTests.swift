import Custody
import Model
import Testing
import Wire

@testable import Register

struct AccountRulesTests {
  @Test(arguments: ["a", "maija", "maija.meikalainen", "m_2-x", String(repeating: "z", count: 64)])
  func goodLogInNamesStay(_ name: String) throws {
    #expect(try AccountRules.name(name) == name)
  }

  @Test(arguments: [
    "", "Maija", "mäijä", "a b", "a/b", "a\u{0}", "a\n", String(repeating: "z", count: 65),
    "0192f0c4-0000-7000-8000-000000000001", "ａ",
  ])
  func badLogInNamesAreRefusedWithoutRepeatingThem(_ name: String) {
    #expect(code { _ = try AccountRules.name(name) } == "invalid/name")
  }

  @Test func anEmptyUnixUserIsNone() throws {
    #expect(try AccountRules.unixUser("").isEmpty)
    #expect(try AccountRules.unixUser("_maija") == "_maija")
    for bad in ["0maija", "-maija", "Maija", "ma ija", String(repeating: "a", count: 33)] {
      #expect(code { _ = try AccountRules.unixUser(bad) } == "invalid/unix-user")
    }
  }

  @Test func aPasswordNeedsFifteenCharactersOrTwelveWithAOneTimePassword() throws {
    let fourteen = "äkkö-rysä-vúöx"
    #expect(fourteen.unicodeScalars.count == 14)
    #expect(code { try AccountRules.checkPassword(fourteen, "password", withOneTime: false) } == "invalid/password")
    try AccountRules.checkPassword(fourteen + "x", "password", withOneTime: false)
    try AccountRules.checkPassword(String(fourteen.prefix(12)), "password", withOneTime: true)
    let eleven = String(fourteen.prefix(11))
    #expect(code { try AccountRules.checkPassword(eleven, "new", withOneTime: true) } == "invalid/new")
  }

  @Test func aPasswordOfTheAccountsOwnNameIsRefused() throws {
    let password = "Maija-Meikalainen-1"
    try AccountRules.checkPassword("kolme sinistä norsua tanssii", "password", withOneTime: false, name: "maija")
    #expect(
      code {
        try AccountRules.checkPassword(
          password, "password", withOneTime: false, name: "maija", fullName: "Maija Meikäläinen")
      } == "invalid/password")
  }

  @Test(arguments: ["\u{0}", "\n", "\u{7F}", "\u{9F}", "\u{202E}", "\u{200B}"])
  func passwordsWithControlsAreRefused(_ hidden: String) {
    let password = "correct horse battery" + hidden
    #expect(code { try AccountRules.checkPassword(password, "password", withOneTime: false) } == "invalid/password")
  }

  @Test func anEndlessPasswordIsRefused() {
    let password = String(repeating: "a", count: AccountRules.passwordScalarsMax + 1)
    #expect(code { try AccountRules.checkPassword(password, "password", withOneTime: false) } == "invalid/password")
  }

  @Test func randomPasswordsPassTheirOwnRulesAndDiffer() throws {
    let made = (0..<200).map { _ in AccountRules.newPassword() }
    for password in made {
      #expect(password.unicodeScalars.count >= 20)
      try AccountRules.checkPassword(password, "password", withOneTime: false)
    }
    #expect(Set(made).count == made.count)
  }

  @Test func theLastEnabledAdministratorIsKept() throws {
    let first = Employee(id: .new(), name: "a", roles: [.administrator])
    let second = Employee(id: .new(), name: "b", roles: [.administrator])
    let closed = Employee(id: .new(), name: "c", isDisabled: true, roles: [.administrator])
    let both = AccessRules(epoch: 1, employees: [first, second, closed], grants: [])
    try AccountRules.ensureNotLastAdministrator(first, in: both)
    let one = AccessRules(epoch: 1, employees: [first, closed], grants: [])
    #expect(code { try AccountRules.ensureNotLastAdministrator(first, in: one) } == "conflict/state")
    try AccountRules.ensureNotLastAdministrator(closed, in: one)
  }

  @Test func namesAndUnixUsersAreUnique() throws {
    let maija = Employee(id: .new(), name: "maija", roles: [], unixUser: "mm")
    let other = Employee(id: .new(), name: "other", roles: [])
    let rules = AccessRules(epoch: 1, employees: [maija, other], grants: [])
    #expect(code { try AccountRules.ensureFree(name: "maija", unixUser: "", in: rules) } == "exists")
    #expect(code { try AccountRules.ensureFree(name: "x", unixUser: "mm", in: rules) } == "exists")
    try AccountRules.ensureFree(name: "x", unixUser: "", in: rules)
    try AccountRules.ensureFree(name: nil, unixUser: "mm", besides: maija.id, in: rules)
  }

  @Test func anEmployeeIsFoundByIdAndByName() throws {
    let maija = Employee(id: .new(), name: "maija", roles: [])
    let rules = AccessRules(epoch: 1, employees: [maija], grants: [])
    #expect(try UserReference("maija", "user").find(in: rules) == maija)
    #expect(try UserReference(maija.id.description, "user").find(in: rules) == maija)
    #expect(try UserReference("matti", "user").find(in: rules) == nil)
    #expect(code { _ = try UserReference("Ma ija", "user") } == "invalid/user")
  }
}

/// The code of what is thrown; empty where nothing is.
func code(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return (error as? RegisterError)?.code ?? "\(error)"
  }
}
