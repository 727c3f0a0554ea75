import Custody
import Model
import Wire

/// Puts every key under a new master key and has the old one destroyed.
struct KeysRotate: RegisterCommand {
  static let spec = CommandSpec(
    verb: "keys.rotate",
    summary: Text(
      en: "Put every key under a new master key.", fi: "Siirrä kaikki avaimet uuden pääavaimen alle.",
      sv: "Lägg alla nycklar under en ny huvudnyckel."),
    parameters: [],
    columns: ["state", "detail"].map { ColumnSpec($0, personal: false) },
    permission: .object(.keys, .write), purpose: .none, effect: .write, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.importMilliseconds)

  init(_ arguments: inout Arguments) throws(RegisterError) {}

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    // The entry is durable before the first key changes; what fails afterwards has an entry of its own.
    var isFirst = false
    let supply = call.services.settings.masterKeys
    let next = try supply?.next()
    let written = try await call.custody.commit(permit, once: call.once, deadline: call.context.deadline) { change in
      change.note(rows: 0)
      isFirst = true
      return .init(object: ["state": .string(next == nil ? "pending" : "started")])
    }
    var state = written.answer.object["state"]?.string ?? "started"
    if isFirst, let supply, let next {
      do {
        guard try await call.custody.rotateKeys(to: next) else { throw RegisterError.unavailableKeys }
        try supply.retire()
      } catch {
        // Some keys may be under the new master key already: a rotation is resumed, never undone.
        throw Custody.registerError(error).withUnknownOutcome
      }
      state = supply.overwritesOld ? "done" : "done-remove-old"
    }
    let words = Self.words(state)
    try? await call.port.send(Reply.row(["state": .string(state), "detail": call.words(words)], written.receipt))
    return Reply.done(["rows": 1, "msg": call.words(words)], written.receipt)
  }

  static func words(_ state: String) -> Text {
    switch state {
    case "done":
      Text(
        en: "Every key is under the new master key; the old one is destroyed.",
        fi: "Kaikki avaimet ovat uuden pääavaimen alla; vanha on tuhottu.",
        sv: "Alla nycklar är under den nya huvudnyckeln; den gamla är förstörd.")
    case "done-remove-old":
      Text(
        en: "Every key is under the new master key; remove the old credential now.",
        fi: "Kaikki avaimet ovat uuden pääavaimen alla; poista vanha tunniste nyt.",
        sv: "Alla nycklar är under den nya huvudnyckeln; ta bort den gamla nu.")
    case "pending":
      Text(
        en:
          "The master key is the operator's: supply a new credential beside the old one, restart, then remove the old.",
        fi:
          "Pääavain on ylläpitäjän: anna uusi avain vanhan rinnalle, käynnistä palvelin uudelleen ja poista sitten vanha.",
        sv: "Huvudnyckeln är driftens: ge en ny nyckel vid sidan av den gamla, starta om och ta sedan bort den gamla.")
    default:
      Text(
        en: "The rotation was begun by this command before; see server.health.",
        fi: "Tämä komento aloitti kierron jo aiemmin; katso server.health.",
        sv: "Detta kommando påbörjade bytet redan tidigare; se server.health.")
    }
  }
}
