import Custody
import Model
import Wire

/// Reads every key in every copy and has each unwrap for whom it belongs to.
struct KeysVerify: RegisterCommand {
  static let spec = CommandSpec(
    verb: "keys.verify",
    summary: Text(
      en: "Check every key in every copy of the key store.", fi: "Tarkista kaikki avaimet avainvaraston joka kopiosta.",
      sv: "Kontrollera alla nycklar i varje kopia av nyckelförrådet."),
    parameters: [],
    columns: ["name", "count", "slots"].map { ColumnSpec($0, personal: false) },
    permission: .object(.keys, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.importMilliseconds)

  /// How many faulty places a row names.
  static let slotsShown = 100

  init(_ arguments: inout Arguments) throws(RegisterError) {}

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let (steps, feed) = AsyncStream.makeStream(of: (done: Int, total: Int).self, bufferingPolicy: .bufferingNewest(1))
    let port = call.port
    let told = Task { for await step in steps { try? await port.progress(done: step.done, total: step.total) } }
    defer {
      feed.finish()
      told.cancel()
    }
    let check = try await call.custody.verifyKeys { done, total in
      feed.yield((Int(clamping: done), Int(clamping: total)))
    }
    feed.finish()
    await told.value
    let isSound = check.damaged == 0 && check.disagreeing == 0
    return try await call.show(permit, Self.rows(check), ending: ["sound": .bool(isSound)])
  }

  static func rows(_ check: KeyCheck) -> [JSONObject] {
    let counts = [
      ("live", check.live), ("destroyed", check.destroyed), ("empty", check.empty), ("unowned", check.unowned),
      ("damaged", check.damaged), ("disagreeing", check.disagreeing),
    ]
    var rows: [JSONObject] = counts.map { ["name": .string($0.0), "count": .int($0.1)] }
    if !check.faulty.isEmpty {
      rows.append([
        "name": "faulty", "count": .int(Int64(check.faulty.count)),
        "slots": .array(check.faulty.prefix(slotsShown).map { .int($0) }),
      ])
    }
    return rows
  }
}
