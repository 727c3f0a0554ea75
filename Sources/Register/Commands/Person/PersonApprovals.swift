import Custody
import Model

/// Hands persons to a processor; needs a privacy officer.
struct PersonExport: RegisterCommand {
  static let spec = CommandSpec(
    verb: "person.export",
    summary: Text(
      en: "Hand persons to a declared processor.", fi: "Luovuta henkilöitä nimetylle käsittelijälle.",
      sv: "Lämna personer till ett angivet personuppgiftsbiträde."),
    parameters: [
      .init(
        "processor", .text, required: true, personal: false,
        Text(en: "the processor's name", fi: "käsittelijän nimi", sv: "biträdets namn"))
    ],
    columns: [.init("id", personal: false)], permission: .object(.personExport, .write), purpose: .required,
    effect: .write, log: .perPerson, approval: .always(.sentAgain), timeLimitMilliseconds: Limits.commandMilliseconds)

  init(_ arguments: inout Arguments) throws(RegisterError) {
    _ = try arguments.required("processor")
    // The declaration names no processor, so none that could be given is one; nobody is asked to approve it.
    throw Self.undeclared
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final { throw Self.undeclared }

  private static let undeclared = RegisterError.invalid(
    "processor",
    Text(
      en: "The register's declaration names no such processor.",
      fi: "Tietosuojaseloste ei nimeä tällaista käsittelijää.",
      sv: "Dataskyddsbeskrivningen nämner inget sådant personuppgiftsbiträde."))
}
