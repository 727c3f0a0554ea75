import Custody
import Model
import Wire

/// Lists the accounts by log-in name.
struct UserList: RegisterCommand {
  static let spec = CommandSpec(
    verb: "user.list",
    summary: Text(en: "List the accounts.", fi: "Luettele käyttäjätilit.", sv: "Lista kontona."),
    parameters: [
      .init("after", .text, required: false, personal: true, Words.after),
      .init("limit", .int(1...Limits.pageRowsMax), required: false, personal: false, Words.limit),
    ],
    columns: [
      .init("id", personal: false), .init("rev", personal: false), .init("name", personal: true),
      .init("full-name", personal: true), .init("roles", personal: false), .init("disabled", personal: false),
      .init("one-time-password", personal: false), .init("unix-user", personal: true),
      .init("team", personal: false), .init("certificate", personal: false), .init("same-as", personal: false),
    ],
    permission: .object(.users, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let after: String
  private let limit: Int

  init(_ arguments: inout Arguments) throws(RegisterError) {
    after = arguments.text("after") ?? ""
    limit = try arguments.int("limit", in: 1...Limits.pageRowsMax, default: Limits.pageRowsMax)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let page = Self.page(call.custody.currentRules, after: after, limit: limit)
    return try await call.show(
      permit, page.employees.map(Self.row), ending: page.next.map { ["next": .string($0)] } ?? [:])
  }

  /// The accounts whose names come after a name, in the order of their names' bytes, and what to go on after.
  static func page(_ rules: AccessRules, after: String, limit: Int) -> (employees: [Employee], next: String?) {
    let sorted = rules.employees.values.filter { after.isEmpty || precedes(after, $0.name) }
      .sorted { precedes($0.name, $1.name) }
    let page = Array(sorted.prefix(limit))
    return (page, sorted.count > limit ? page.last?.name : nil)
  }

  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private static func row(_ employee: Employee) -> JSONObject {
    [
      "id": .id(employee.id), "rev": .int(Int64(employee.rev)), "name": .string(employee.name),
      "full-name": .string(employee.fullName), "roles": .names(employee.roles.map(\.name)),
      "disabled": .bool(employee.isDisabled), "one-time-password": .bool(employee.hasOneTimePassword),
      "unix-user": .text(employee.unixUser), "team": .text(employee.team),
      "certificate": .text(Hex.encode(employee.certificate)), "same-as": .id(employee.sameAs),
    ]
  }
}
