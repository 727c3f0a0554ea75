import Custody
import Model
import Wire

/// Sets the purpose and case that the session's commands have unless they name their own.
struct Use: RegisterCommand {
  // A write, so that commands sent after it wait for it.
  static let spec = CommandSpec(
    verb: "use",
    summary: Text(
      en: "Set the purpose and case for the session; empty takes one away.",
      fi: "Aseta istunnon käyttötarkoitus ja tapaus; tyhjä poistaa.",
      sv: "Ange sessionens ändamål och ärende; tomt tar bort."),
    parameters: [
      .init("purpose", .word(Purpose.allCases.map(\.name)), required: false, personal: false, AccountWords.purpose),
      .init(
        "case", .text, required: false, personal: false,
        Text(
          en: "case: letters, digits and hyphens", fi: "tapaus: kirjaimia, numeroita ja viivoja",
          sv: "ärende: bokstäver, siffror och bindestreck")),
    ],
    columns: [], permission: .object(.session, .write), purpose: .none, effect: .write, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let purpose: String?
  private let caseReference: String?

  init(_ arguments: inout Arguments) throws(RegisterError) {
    _ = try arguments.word("purpose") { Purpose(name: $0) }
    purpose = arguments.text("purpose")
    caseReference = arguments.text("case")
    guard purpose != nil || caseReference != nil else { throw .invalid("purpose", Arguments.missing) }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    if let purpose, let asked = Purpose(name: purpose) {
      let rules = call.custody.currentRules
      let roles = rules.employees[call.context.principal.user]?.roles ?? []
      guard roles.contains(where: { rules.purposes(of: $0).contains(asked) }) else { throw RegisterError.deniedPurpose }
    }
    let final = try await call.commit(permit) { change in
      change.note(rows: 0)
      return .init()
    }
    await call.port.apply(.use(purpose: purpose, caseReference: caseReference))
    return final
  }
}
