import Custody
import Model
import Postgres
import Wire

/// Joins two records of one human being, with another privacy officer's approval. Nothing of either is shown: the answer
/// names the fields whose value in the record that goes was not kept.
struct PersonMerge: RegisterCommand {
  static let spec = CommandSpec(
    verb: "person.merge",
    summary: Text(
      en: "Join two records of the same person.", fi: "Yhdistä saman henkilön kaksi tietuetta.",
      sv: "Slå ihop två poster om samma person."),
    parameters: [
      .init(
        "id", .id, required: true, personal: false,
        Text(en: "the record that stays", fi: "säilyvä tietue", sv: "posten som blir kvar")),
      .init(
        "other", .id, required: true, personal: false,
        Text(en: "the record that goes", fi: "poistuva tietue", sv: "posten som försvinner")),
      .init("rev", .int(1...Int(Int32.max)), required: false, personal: false, Words.rev),
      .init(
        "other-rev", .int(1...Int(Int32.max)), required: false, personal: false,
        Text(
          en: "the revision you saw of the record that goes", fi: "näkemäsi poistuvan tietueen version numero",
          sv: "revisionen som du såg av posten som försvinner")),
    ],
    columns: [.init("id", personal: false), .init("rev", personal: false), .init("dropped", personal: false)],
    permission: .object(.merge, .write), purpose: .required, effect: .write, log: .perPerson, approval: .always(.given),
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: PersonID
  private let other: PersonID
  private let rev: Int32?
  private let otherRev: Int32?

  init(_ arguments: inout Arguments) throws(RegisterError) {
    id = try arguments.id("id")
    other = try arguments.id("other")
    func rev(_ name: String) throws(RegisterError) -> Int32? {
      guard arguments.text(name) != nil else { return nil }
      return Int32(try arguments.int(name, in: 1...Int(Int32.max), default: 1))
    }
    self.rev = try rev("rev")
    otherRev = try rev("other-rev")
    guard id != other else {
      throw .invalid(
        "other",
        Text(en: "Both are the same record.", fi: "Molemmat ovat sama tietue.", sv: "Båda är samma post."))
    }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let final = try await call.commit(permit) { change in
      let (stays, goes) = try await call.store.lockPair(id, other, in: change.transaction)
      guard let stays, let goes, isKnown(stays.header, change), isKnown(goes.header, change) else {
        throw RegisterError.notFound
      }
      if let rev, rev != stays.header.rev { throw RegisterError.conflictRev }
      if let otherRev, otherRev != goes.header.rev { throw RegisterError.conflictRev }
      let plan = try change.plan(stays, joining: goes)
      try change.requireApproval(.merge, showing: showing(plan))
      _ = try await change.transaction.run(Store.join(other, to: plan.header) + history(plan, change.context))
      try await change.merge(plan)
      let row: JSONObject = [
        "id": .string(id.description), "rev": .int(Int64(plan.header.rev)), "dropped": .names(plan.dropped),
      ]
      return .init(rows: [row], object: ["rows": 1])
    }
    call.directory.forget(other)
    // Overwritten at once; where that fails or is cut off, the keys' states in the database say so, and upkeep goes on.
    let keyFate = call.custody.keyFate
    await Task { _ = try? await keyFate.run() }.value
    return final
  }

  private func isKnown(_ person: PersonHeader, _ change: Change) -> Bool {
    !change.readable(person).isEmpty || !change.writable(person).isEmpty
  }

  /// What the approver is shown: which records, and what becomes of which fields; never a value.
  private func showing(_ plan: RecordMerge) -> JSONObject {
    [
      "id": .string(id.description), "other": .string(other.description),
      "adds": .names(plan.changed.members.map(\.name)), "drops": .names(plan.dropped),
      "organisations": .int(Int64(plan.organisationsAdded)),
    ]
  }

  private func history(_ plan: RecordMerge, _ context: CommandContext) -> [SQL] {
    [(id, plan.changed), (other, plan.gone)].map { person, fields in
      Store.history(person, by: context.principal.user, verb: context.verb, fields: fields, source: nil)
    }
  }
}
