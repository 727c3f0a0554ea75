import AccessLog
import Custody
import Model
import Wire

/// Proves that the log only grew: that the tree of one size begins with the whole tree of an earlier one.
struct LogConsistency: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.consistency",
    summary: Text(
      en: "Prove that the access log only grew between two sizes.",
      fi: "Todista, että käyttöloki on vain kasvanut kahden koon välillä.",
      sv: "Bevisa att åtkomstloggen bara har vuxit mellan två storlekar."),
    parameters: [
      .init(
        "from", .int(0...Int.max), required: true, personal: false,
        Text(
          en: "how many entries the earlier log had", fi: "montako merkintää aiemmassa lokissa oli",
          sv: "hur många poster den tidigare loggen hade")),
      .init("to", .int(0...Int.max), required: false, personal: false, TreeWords.size),
    ],
    columns: ["from", "to", "root-from", "root-to", "hashes", "note"].map { ColumnSpec($0, personal: false) },
    permission: .object(.log, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let from: Int64
  private let to: Int64?

  init(_ arguments: inout Arguments) throws(RegisterError) {
    _ = try arguments.required("from")
    from = Int64(try arguments.int("from", in: 0...Int.max, default: 0))
    to = arguments.text("to") == nil ? nil : Int64(try arguments.int("to", in: 0...Int.max, default: 0))
    if let to, from > to {
      throw .invalid(
        "from",
        Text(en: "This is more than to.", fi: "Tämä on enemmän kuin to.", sv: "Detta är mer än to."))
    }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let tree = call.custody.logTree
    try await call.custody.sequencer.catchUp(deadline: call.context.deadline)
    let (checkpoint, note) = if let to { try await tree.note(size: to) } else { try await tree.checkpoint() }
    guard from <= checkpoint.size else { throw RegisterError.notFound }
    try await tree.ensureSigned(checkpoint)
    let root = from == 0 ? TreeHash.ofEmptyTree : try await tree.root(size: from)
    guard let hashes = try await tree.proof(from: from, root, to: checkpoint) else {
      throw RegisterError.unavailableLog
    }
    let row: JSONObject = [
      "from": .int(from), "to": .int(checkpoint.size), "root-from": .string(root.base64),
      "root-to": .string(checkpoint.root.base64), "hashes": .names(hashes.map(\.base64)), "note": .string(note),
    ]
    return try await call.show(permit, [row])
  }
}
