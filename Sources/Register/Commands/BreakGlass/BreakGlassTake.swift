import Crypto
import Custody
import Model
import Sealing
import Wire

/// Takes a wider read for this session in an emergency: with a reason and a second factor, for a short time.
struct BreakGlassTake: RegisterCommand {
  static let spec = CommandSpec(
    verb: "breakglass.take",
    summary: Text(
      en: "Take a wider read in an emergency; it is marked, told to the privacy officers and reviewed.",
      fi: "Ota hätätilanteessa laajempi lukuoikeus; se merkitään, kerrotaan tietosuojavastaaville ja tarkastetaan.",
      sv: "Ta en vidare läsrätt i en nödsituation; den märks, meddelas dataskyddsombuden och granskas."),
    parameters: [
      .init("reason", .text, required: true, personal: true, BreakGlassWords.reason),
      .init("minutes", .int(1...Limits.breakGlassMinutesMax), required: true, personal: false, BreakGlassWords.minutes),
    ],
    columns: [.init("id", personal: false), .init("until", personal: false)],
    permission: .object(.breakGlass, .write), purpose: .none, effect: .write, log: .one, approval: .never,
    timeLimitMilliseconds: milliseconds)

  /// Time for a person to find the second factor.
  private static let milliseconds = 120_000

  private let reason: String
  private let minutes: Int

  init(_ arguments: inout Arguments) throws(RegisterError) {
    reason = try Reason.parse(arguments, "reason")
    _ = try arguments.required("minutes")
    minutes = try arguments.int("minutes", in: 1...Limits.breakGlassMinutesMax, default: 0)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let rules = call.custody.currentRules
    let (user, session) = (call.context.principal.user, call.context.principal.session)
    guard rules.breakGlass(of: user, session: session, at: .now()) == nil else {
      throw RegisterError.conflictState(BreakGlassWords.taken)
    }
    try await call.proveOneTime()
    let fresh = try await call.permitUnderNewestRules()
    return try await call.commitRules(fresh) { rules, change in
      guard rules.stored.rules.breakGlass(of: user, session: session, at: .now()) == nil else {
        throw RegisterError.conflictState(BreakGlassWords.taken)
      }
      let now = Instant.now()
      let id = ID<BreakGlass>.new()
      let salt = (0..<16).map { _ in UInt8.random(in: 0...255) }
      let text = salt + Array(reason.utf8)
      let glass = BreakGlass(
        id: id, user: user, session: session, takenAt: now, until: now.adding(seconds: Int64(minutes) * 60),
        dueAt: now.adding(seconds: Int64(call.custody.settings.breakGlassReviewSeconds)),
        reason: try await change.seal(text, .reason(id)))
      try await rules.put(glass)
      var result = RuleResult(user: id.retyped(), rev: 1)
      result.textHash = Array(SHA256.hash(data: text))
      result.rows = [["id": .id(id), "until": .string(glass.until.description)]]
      return result
    }
  }
}

/// Ends a wider read before its time: one's own; a privacy officer ends anybody's.
struct BreakGlassEnd: RegisterCommand {
  static let spec = CommandSpec(
    verb: "breakglass.end",
    summary: Text(
      en: "End a wider read before its time.", fi: "Lopeta laajempi lukuoikeus ennen aikojaan.",
      sv: "Avsluta en vidare läsrätt i förtid."),
    parameters: [.init("id", .id, required: false, personal: false, BreakGlassWords.id)],
    columns: [.init("id", personal: false), .init("rev", personal: false)],
    permission: .object(.breakGlass, .write), purpose: .none, effect: .write, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: ID<BreakGlass>?

  init(_ arguments: inout Arguments) throws(RegisterError) { id = try arguments.optionalID("id") }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let principal = call.context.principal
    let endsOthers = call.mayAlso(.breakGlass, .read)
    return try await call.commitRules(permit) { rules, _ in
      let now = Instant.now()
      let present = rules.stored.rules
      let meant =
        id.map { present.breakGlasses[$0] }
        ?? present.breakGlass(of: principal.user, session: principal.session, at: now)
      guard var glass = meant, glass.user == principal.user || endsOthers else { throw RegisterError.notFound }
      guard glass.endedAt == nil, now < glass.until else { throw RegisterError.conflictState(BreakGlassWords.ended) }
      glass.endedAt = now
      try await rules.put(glass)
      return RuleResult(user: glass.id.retyped(), rev: 2)
    }
  }
}

/// A reason, as commands take it.
enum Reason {
  static func parse(_ arguments: Arguments, _ name: String) throws(RegisterError) -> String {
    let text = try arguments.required(name)
    guard text.unicodeScalars.count <= Limits.reasonScalarsMax, SafeText.isSafe(text),
      text.contains(where: { $0.isLetter })
    else { throw .invalid(name, BreakGlassWords.badReason) }
    if PersonalIdentityCode.occurs(in: text) { throw .invalid(name, TextRules.identityCode) }
    return text
  }
}
