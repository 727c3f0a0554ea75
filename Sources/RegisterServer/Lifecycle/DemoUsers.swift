import Model
import Register
import Wire

/// The employees of a demonstration.
enum DemoUsers {
  /// An employee with what they log in with.
  struct User: Sendable, Equatable {
    let name: String
    let fullName: String
    let role: JobRole
    let password: String
    let oneTimeSecret: [UInt8]?
  }

  private static let staff: [(name: String, fullName: String, role: JobRole)] = [
    ("maija", "Maija Meriläinen", .customerService), ("sami", "Sami Salo", .sales),
    ("marko", "Marko Mäki", .marketing), ("anna", "Anna Aalto", .analyst),
    ("paula", "Paula Pitkänen", .privacyOfficer), ("petri", "Petri Peltola", .privacyOfficer),
    ("aino", "Aino Ahonen", .administrator), ("arto", "Arto Anttila", .administrator),
    ("tarja", "Tarja Tuominen", .auditor),
  ]

  /// All of them, with new passwords; officers and administrators have one-time passwords.
  static func make() -> [User] {
    staff.map { name, fullName, role in
      let hasOneTime = role == .privacyOfficer || role == .administrator
      return User(
        name: name, fullName: fullName, role: role, password: password(),
        oneTimeSecret: hasOneTime ? OneTimePassword.newSecret() : nil)
    }
  }

  /// Twenty letters and digits that are not mistaken for one another, in fours: 98 random bits.
  static func password() -> String {
    var random = SystemRandomNumberGenerator()
    let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
    let groups = (0..<5).map { _ in
      String((0..<4).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] })
    }
    return groups.joined(separator: "-")
  }

  /// The text of `demo-users.json`.
  static func text(_ users: [User]) -> String {
    let rows = users.map { user in
      let object: JSONObject = [
        "user": .string(user.name), "password": .string(user.password),
        "otp-secret": user.oneTimeSecret.map { .string(Base32.encode($0, padding: false)) } ?? .null,
        "roles": [.string(user.role.name)],
      ]
      return "  " + JSON.object(object).description
    }
    return "[\n" + rows.joined(separator: ",\n") + "\n]\n"
  }

  /// As accounts to make. Who started the server is its first administrator on the Unix socket.
  static func accounts(_ users: [User], startedBy unixUser: String?) -> [Installation.NewAccount] {
    let local = users.first { $0.role == .administrator }?.name
    return users.map {
      Installation.NewAccount(
        name: $0.name, fullName: $0.fullName, roles: [$0.role], password: $0.password, oneTimeSecret: $0.oneTimeSecret,
        unixUser: $0.name == local ? unixUser : nil)
    }
  }
}
