import Custody
import Model
import Wire

/// Forgets an account's wrong one-time passwords, so that its owner can log in at once.
struct UserUnlock: RegisterCommand {
  static let spec = CommandSpec(
    verb: "user.unlock",
    summary: Text(
      en: "Unlock an account that was locked by wrong one-time passwords.",
      fi: "Avaa tili, jonka väärät kertakäyttösalasanat ovat lukinneet.",
      sv: "Lås upp ett konto som låsts av felaktiga engångslösenord."),
    parameters: [.init("id", .id, required: true, personal: false, AccountWords.id)],
    columns: [], permission: .object(.users, .write), purpose: .none, effect: .write, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: UserID

  init(_ arguments: inout Arguments) throws(RegisterError) { id = try arguments.id("id") }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    guard call.custody.currentRules.employees[id] != nil else { throw RegisterError.notFound }
    return try await call.commit(permit) { change in
      _ = try await Store.clearGuesses(of: id, in: change.transaction)
      change.note(rows: 1, subject: id.retyped())
      return .init()
    }
  }
}
