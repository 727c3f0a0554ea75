import Custody
import Model
import Wire

/// Ends an open session of this server: one's own, or for who manages sessions anybody's.
struct SessionEnd: RegisterCommand {
  static let spec = CommandSpec(
    verb: "session.end",
    summary: Text(
      en: "End an open session.", fi: "Lopeta avoin istunto.", sv: "Avsluta en öppen session."),
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
      guard let session = sessions.list(of: owner).first(where: { $0.id == id }) else { throw RegisterError.notFound }
      change.note(rows: 1, subject: session.user.retyped())
      return .init()
    }
    _ = sessions.end(id, of: owner)
    return final
  }
}
