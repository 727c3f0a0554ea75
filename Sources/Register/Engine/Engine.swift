public import Custody
import Crypto
public import Logging
import Model
import Postgres
import Sealing
import Wire

/// Runs commands: finds the command, has the policy decide, runs it, and puts every refusal into the log.
public final class Engine: Sendable {
  /// What commands work with.
  public let services: Services
  private let logger: Logger
  private let requestKey: SymmetricKey
  private let actedRoles = ActedRoles()
  /// How often a command is decided anew while the rules change under it.
  private static let attemptsMax = 20

  /// An engine over a register's services.
  public init(services: Services, logger: Logger) throws {
    self.services = services
    self.logger = logger
    requestKey = try services.custody.keys.serviceKey(.requestHash)
  }

  /// Whether a verb changes anything; nil for an unknown one. The listener orders by it.
  public func effect(of verb: String) -> CommandSpec.Effect? { Catalogue.find(verb)?.spec.effect }

  /// Whether an event loop may run a verb itself.
  public func isBrief(_ verb: String) -> Bool { Catalogue.find(verb)?.isBrief ?? false }

  /// Runs one command to its final line. Never throws: whatever happens has its code.
  public func run(_ line: CommandLine, port: any ReplyPort) async -> Reply.Final {
    guard let type = Catalogue.find(line.command.verb) else {
      return Reply.bad("unknown/verb", Self.unknownVerb, language: line.language, request: line.request)
    }
    let spec = type.spec
    if let place = line.command.parameters.firstIndex(where: { !spec.takes($0.name) }) {
      return Reply.bad(
        "unknown/param", UnknownParameter.text(line.command.parameters, place), language: line.language,
        request: line.request)
    }
    let floor = AnswerFloor()
    var context = context(of: line, spec: spec, purpose: line.purpose, caseReference: line.caseReference)
    do {
      let arguments = Arguments(line.command.parameters)
      let purpose = try Self.purpose(arguments) ?? line.purpose
      let reference = try Self.caseReference(arguments) ?? line.caseReference
      context = self.context(of: line, spec: spec, purpose: purpose, caseReference: reference)
      let once = try self.once(arguments, line.command, spec)
      let asked = AskedCommand(parameters: line.command.parameters, requestKey: requestKey)
      if let id: ID<Approval> = try arguments.optionalID("approval") {
        context.approval = ApprovalUse(id: id, digest: asked.digest(context))
      }
      return try await attempt(
        type, Call(context: context, port: port, services: services, spec: spec, once: once, asked: asked), arguments)
    } catch {
      let error = (shown: Self.finalError(error), cause: error)
      let final = await refuse(context, error.shown, error.cause, person: Self.person(of: line.command, spec))
      // Whether a person is not there or out of reach shall not be told by the time either.
      if spec.log == .perPerson, error.shown.isOf("notfound") { await floor.wait() }
      return final
    }
  }

  private func attempt(_ type: any RegisterCommand.Type, _ call: Call, _ arguments: Arguments) async throws
    -> Reply.Final
  {
    var attempts = 0
    while true {
      do {
        if let written = try await repeated(call) { return await call.answer(written) }
        let permit = try services.custody.permit(
          call.context, permission: call.spec.permission, purposeRule: call.spec.purpose)
        try actedRoles.act(permit.role, in: call.context.principal.session) { id in
          services.sessions.list().contains { $0.id == id }
        }
        var arguments = arguments
        let command = try type.init(&arguments)
        do {
          return try await command.run(call, permit)
        } catch let needed as ApprovalNeeded {
          guard call.context.approval == nil else { throw RegisterError.deniedApproval }
          return try await call.putAside(needed)
        }
      } catch let stale as StaleEpoch {
        // The rules changed meanwhile: decided anew under the new ones.
        attempts += 1
        guard attempts < Self.attemptsMax else { throw stale }
        try await services.custody.reloadRules()
      }
    }
  }

  /// The outcome of the same write before, which used its agreement up already.
  private func repeated(_ call: Call) async throws -> Custody.Written? {
    guard let once = call.once else { return nil }
    var context = call.context
    context.approval = nil
    let permit = try services.custody.permit(
      context, permission: call.spec.permission, purposeRule: call.spec.purpose)
    return try await services.custody.repeated(once, permit)
  }

  private func refuse(_ context: CommandContext, _ error: RegisterError, _ cause: any Error, person: PersonID?) async
    -> Reply.Final
  {
    if error.code == "internal" {
      logger.error(
        "command failed",
        metadata: [
          "verb": "\(context.verb)", "rid": "\(context.request)", "reason": "\(Self.reason(cause))",
        ])
    }
    let role = services.custody.currentRules.employees[context.principal.user]?.roles.first
    do {
      let receipt = try await services.custody.refuse(context, role: role, error: error, person: person)
      return Reply.refusal(error, language: context.language, receipt)
    } catch let logError {
      var shown = error.isOf("unavailable") ? error : logError
      shown.isUnknown = error.isUnknown
      return Reply.unavailable(shown, language: context.language, request: context.request)
    }
  }

  /// The person that a refused command named, for the log.
  private static func person(of command: Command, _ spec: CommandSpec) -> PersonID? {
    guard spec.log == .perPerson else { return nil }
    return (command["id"] ?? command["person"]).flatMap { PersonID($0) }
  }

  /// A cause for the server's own log: kinds and codes only, never values.
  private static func reason(_ cause: any Error) -> String {
    switch cause {
    case let error as PostgresError: error.description
    case let error as SealedDataLost:
      "sealed data lost: person \(error.person), \(error.category.name), slot \(error.slot)"
    case let error as RegisterError: error.code
    default: String(describing: Swift.type(of: cause))
    }
  }

  private static func finalError(_ error: any Error) -> RegisterError {
    if error is StaleEpoch {
      return .conflictState(Text(en: "The rules are changing.", fi: "Säännöt muuttuvat.", sv: "Reglerna ändras."))
    }
    return Custody.registerError(error)
  }

  private func context(of line: CommandLine, spec: CommandSpec, purpose: Purpose?, caseReference: String)
    -> CommandContext
  {
    CommandContext(
      principal: line.principal, verb: spec.verb, request: line.request, purpose: spec.purpose == .none ? nil : purpose,
      caseReference: caseReference, language: line.language,
      deadline: Tick.now().adding(milliseconds: spec.timeLimitMilliseconds - Limits.refusalMilliseconds))
  }

  static func purpose(_ arguments: Arguments) throws(RegisterError) -> Purpose? {
    try arguments.word("purpose") { Purpose(name: $0) }
  }

  static func caseReference(_ arguments: Arguments) throws(RegisterError) -> String? {
    guard let value = arguments.text("case"), !value.isEmpty else { return nil }
    let isGood =
      value.utf8.count <= 32
      && value.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
      }
    guard isGood else {
      throw .invalid(
        "case",
        Text(
          en: "A case is up to 32 letters, digits and hyphens.",
          fi: "Tapaus on enintään 32 kirjainta, numeroa tai viivaa.",
          sv: "Ett ärende är högst 32 bokstäver, siffror och bindestreck."))
    }
    // It stays in the log as long as the log does.
    if PersonalIdentityCode.occurs(in: value) { throw .invalid("case", TextRules.identityCode) }
    return value
  }

  private func once(_ arguments: Arguments, _ command: Command, _ spec: CommandSpec) throws(RegisterError) -> Custody
    .Once?
  {
    guard spec.effect == .write, let key = arguments.text("once") else { return nil }
    guard !key.isEmpty, key.unicodeScalars.count <= Limits.onceKeyScalarsMax, SafeText.isSafe(key) else {
      throw .invalid(
        "once", Text(en: "A key is 1 to 64 characters.", fi: "Avain on 1–64 merkkiä.", sv: "En nyckel är 1–64 tecken."))
    }
    let parts = [command.verb] + RequestHash.parts(command.parameters, but: ["once", "approval"])
    // What is sent again with an agreement has an outcome of its own, besides that it waited for one. No key of a client
    // begins so.
    let kept = arguments.text("approval") == nil ? key : "\u{1}" + key
    return Custody.Once(key: kept, digest: RequestHash.of(parts, key: requestKey))
  }

  private static let unknownVerb = Text(
    en: "There is no such command. See: describe", fi: "Tällaista komentoa ei ole. Katso: describe",
    sv: "Det finns inget sådant kommando. Se: describe")
}

extension CommandSpec {
  /// Whether the command has a parameter, its own or a common one.
  public func takes(_ name: String) -> Bool {
    switch name {
    case "purpose": purpose != .none || parameters.contains { $0.name == name }
    case "case", "reason": true
    case "once": effect == .write
    // Whatever shows persons may go over the daily number.
    case "approval": approval != .never || (log == .perPerson && effect == .read)
    default: parameters.contains { $0.name == name }
    }
  }
}
