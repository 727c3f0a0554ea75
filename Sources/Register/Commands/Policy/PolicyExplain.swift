import Custody
import Model
import Wire

/// Tells which rule lets an employee run a command, or why none does; for a person only to a privacy officer.
struct PolicyExplain: RegisterCommand {
  static let spec = CommandSpec(
    verb: "policy.explain",
    summary: Text(
      en: "Tell why an employee may or may not run a command.",
      fi: "Kerro, miksi työntekijä saa tai ei saa suorittaa komennon.",
      sv: "Berätta varför en anställd får eller inte får köra ett kommando."),
    parameters: [
      .init("user", .text, required: true, personal: true, AccountWords.user),
      .init(
        "verb", .text, required: true, personal: false, Text(en: "the command", fi: "komento", sv: "kommandot")),
      .init("purpose", .word(Purpose.allCases.map(\.name)), required: false, personal: false, AccountWords.purpose),
      .init("person", .id, required: false, personal: false, Words.person),
    ],
    columns: [
      .init("allowed", personal: false), .init("rule", personal: false), .init("because", personal: false),
      .init("categories", personal: false),
    ],
    permission: .anyOf([.policy, .policyForPerson], .read), purpose: .none, effect: .read, log: .one,
    approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  /// What the connection itself answers, without the policy.
  private static let verbsOfTheConnection: Set<String> = ["hello", "auth", "ping", "describe", "cancel", "quit"]

  private let user: UserReference
  private let verb: String
  /// The command's spec; nil for what needs no permission.
  private let asked: CommandSpec?
  private let purpose: Purpose?
  private let person: PersonID?

  init(_ arguments: inout Arguments) throws(RegisterError) {
    user = try UserReference(try arguments.required("user"), "user")
    verb = try arguments.required("verb")
    asked = Catalogue.find(verb)?.spec
    guard asked != nil || Self.verbsOfTheConnection.contains(verb) else {
      throw .invalid(
        "verb",
        Text(en: "There is no such command.", fi: "Tällaista komentoa ei ole.", sv: "Det finns inget sådant kommando."))
    }
    purpose = try arguments.word("purpose") { Purpose(name: $0) }
    person = try arguments.optionalID("person")
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    guard call.mayAlso(person == nil ? .policy : .policyForPerson, .read) else { throw RegisterError.deniedRole }
    let rules = call.custody.currentRules
    guard let employee = user.find(in: rules) else { throw RegisterError.notFound }
    guard let person else {
      return try await call.show(permit, [row(explanation(rules, employee), call)], subject: employee.id.retyped())
    }
    let (found, epoch) = try await call.store.person(person, [])
    guard let header = found?.header else { throw RegisterError.notFound }
    let explanation = explanation(rules, employee, header)
    let receipt = try await call.custody.record(permit, about: person, epoch: epoch)
    try await call.port.send(Reply.row(row(explanation, call), receipt))
    return Reply.done(["rows": 1], receipt)
  }

  private func explanation(_ rules: AccessRules, _ employee: Employee, _ person: PersonHeader? = nil)
    -> PolicyExplanation
  {
    guard let asked else {
      return PolicyExplanation(isAllowed: true, rule: "none", because: ExplanationWords.everybody(verb))
    }
    return PolicyExplanation(rules, asked, user: employee.id, purpose: purpose, person: person)
  }

  private func row(_ explanation: PolicyExplanation, _ call: Call) -> JSONObject {
    var row: JSONObject = [
      "allowed": .bool(explanation.isAllowed), "rule": .string(explanation.rule),
      "because": call.words(explanation.because),
    ]
    if let categories = explanation.categories { row["categories"] = .names(categories.members.map(\.name)) }
    return row
  }
}
