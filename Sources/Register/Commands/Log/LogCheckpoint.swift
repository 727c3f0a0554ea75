import AccessLog
import Custody
import Model
import Wire

/// Shows the newest signed checkpoint: what everything that was written before is under.
struct LogCheckpoint: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.checkpoint",
    summary: Text(
      en: "Show the access log's newest signed checkpoint.",
      fi: "Näytä käyttölokin uusin allekirjoitettu tarkistuspiste.",
      sv: "Visa åtkomstloggens nyaste signerade kontrollpunkt."),
    parameters: [
      .init(
        "cosigned", .flag, required: false, personal: false,
        Text(
          en: "the newest that a witness has cosigned", fi: "uusin, jonka todistaja on vahvistanut",
          sv: "den nyaste som ett vittne har medsignerat"))
    ],
    columns: ["origin", "size", "root", "note", "key", "at", "cosignatures"].map { ColumnSpec($0, personal: false) },
    permission: .object(.log, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let isCosigned: Bool

  init(_ arguments: inout Arguments) throws(RegisterError) { isCosigned = try arguments.flag("cosigned") }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let deadline = call.context.deadline
    try await call.custody.sequencer.catchUp(deadline: deadline)
    let (checkpoint, note) =
      isCosigned ? try await call.custody.logTree.cosigned() : try await call.custody.logTree.checkpoint()
    let signed = try await call.store.checkpointSigned(size: checkpoint.size, deadline: deadline)
    let row: JSONObject = [
      "origin": .string(checkpoint.origin), "size": .int(checkpoint.size), "root": .string(checkpoint.root.base64),
      "note": .string(note), "key": .string(call.custody.logTree.verifierKey.description),
      "at": .text(signed.at?.description), "cosignatures": .int(signed.cosignatures),
    ]
    return try await call.show(permit, [row], epoch: signed.epoch)
  }
}
