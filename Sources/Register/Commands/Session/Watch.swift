import Custody
import Model
import Wire

/// Has events sent to the session from now on.
struct Watch: RegisterCommand {
  static let spec = CommandSpec(
    verb: "watch",
    summary: Text(
      en: "Have events sent to this session.", fi: "Lähetä tapahtumat tähän istuntoon.",
      sv: "Skicka händelser till denna session."),
    parameters: [], columns: [], permission: .object(.session, .read), purpose: .none, effect: .read, log: .one,
    approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  init(_ arguments: inout Arguments) throws(RegisterError) {}

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let receipt = try await call.custody.disclosure(permit).record(rows: 0, epoch: try await call.store.epoch())
    await call.port.apply(.watch)
    return Reply.done([:], receipt)
  }
}
