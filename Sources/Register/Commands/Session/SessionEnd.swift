import Custody
import Model
import Wire

/// Ends a session wherever it is open, and its token: one's own, or for who manages sessions anybody's.
struct SessionEnd: RegisterCommand {
  static let spec = CommandSpec(
    verb: "session.end",
    summary: Text(
      en: "End a session, wherever it is open.", fi: "Lopeta istunto, missä tahansa se on avoinna.",
      sv: "Avsluta en session, var den än är öppen."),
    parameters: [
      .init(
        "id", .id, required: true, personal: false,
        Text(en: "the session's id", fi: "istunnon tunniste", sv: "sessionens id"))
    ],
    columns: [], permission: .object(.session, .write), purpose: .none, effect: .write, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: SessionID

  init(_ arguments: inout Arguments) throws(RegisterError) { id = try arguments.id("id") }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    // Another's session and none at all are not told apart.
    let owner = call.mayAlso(.sessions, .write) ? nil : call.context.principal.user
    let sessions = call.services.sessions
    let final = try await call.commit(permit) { change in
      let user = try await SessionRows.all(of: owner, call, in: change.transaction).first { $0.session == id }?.user
      guard let user else { throw RegisterError.notFound }
      try await Store.end([id], in: change.transaction)
      change.note(rows: 1, subject: user.retyped())
      return .init()
    }
    await call.store.tell(Store.sessionsChannel)
    _ = sessions.end(id, of: owner)
    return final
  }
}
