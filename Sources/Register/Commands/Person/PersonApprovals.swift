import Custody
import Model

/// Joins two records of one person; needs another privacy officer.
struct PersonMerge: RegisterCommand {
  static let spec = CommandSpec(
    verb: "person.merge",
    summary: Text(
      en: "Join two records of the same person.", fi: "Yhdistä saman henkilön kaksi tietuetta.",
      sv: "Slå ihop två poster om samma person."),
    parameters: [
      .init("id", .id, required: true, personal: false, Words.person),
      .init(
        "other", .id, required: true, personal: false,
        Text(en: "the record that goes", fi: "poistuva tietue", sv: "posten som försvinner")),
    ],
    columns: [.init("id", personal: false), .init("rev", personal: false)], permission: .object(.merge, .write),
    purpose: .required, effect: .write, log: .perPerson, approval: .always,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  init(_ arguments: inout Arguments) throws(RegisterError) {
    let id: PersonID = try arguments.id("id")
    guard try arguments.id("other") != id else { throw .invalid("other", Arguments.noID) }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final { throw RegisterError.deniedApproval }
}

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
    effect: .write, log: .perPerson, approval: .always, timeLimitMilliseconds: Limits.commandMilliseconds)

  init(_ arguments: inout Arguments) throws(RegisterError) { _ = try arguments.required("processor") }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final { throw RegisterError.deniedApproval }
}
