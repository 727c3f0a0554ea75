import Model
import Testing
import Wire

@testable import RegisterServer

struct DemoUsersTests {
  @Test func officersAndAdministratorsHaveOneTimePasswords() {
    for user in DemoUsers.make() {
      #expect((user.oneTimeSecret != nil) == [.privacyOfficer, .administrator].contains(user.role))
      #expect(user.password.count >= 16)
    }
  }

  @Test func passwordsDiffer() {
    #expect(Set(DemoUsers.make().map(\.password) + DemoUsers.make().map(\.password)).count == 18)
  }

  @Test func theFileIsAListOfObjects() throws {
    let users = DemoUsers.make()
    let rows = try #require(JSON.parse(DemoUsers.text(users)).array)
    #expect(rows.count == 9)
    for (row, user) in zip(rows, users) {
      #expect(row.object?.keys == ["user", "password", "otp-secret", "roles"])
      #expect(row["user"]?.string == user.name)
      #expect(row["otp-secret"]?.string.flatMap { Base32.decode($0, allowsUnpadded: true) } == user.oneTimeSecret)
    }
  }
}
