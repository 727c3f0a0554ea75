import Custody
import Model
import Wire

/// Lists wider reads with their reasons, those to be reviewed first.
struct BreakGlassList: RegisterCommand {
  static let spec = CommandSpec(
    verb: "breakglass.list",
    summary: Text(
      en: "List wider reads taken in an emergency, with their reasons.",
      fi: "Luettele hätätilanteessa otetut laajemmat lukuoikeudet perusteineen.",
      sv: "Lista vidare läsrätter som tagits i nödsituationer, med skäl."),
    parameters: [
      .init("open", .flag, required: false, personal: false, BreakGlassWords.open),
      .init("limit", .int(1...Limits.pageRowsMax), required: false, personal: false, Words.limit),
      .init("after", .id, required: false, personal: false, Words.after),
    ],
    columns: [
      .init("id", personal: false), .init("user", personal: true), .init("taken", personal: false),
      .init("until", personal: false), .init("ended", personal: false), .init("reason", personal: true),
      .init("state", personal: false), .init("due", personal: false), .init("session", personal: false),
    ],
    permission: .object(.breakGlass, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let isOpenOnly: Bool
  private let page: ListPage

  init(_ arguments: inout Arguments) throws(RegisterError) {
    isOpenOnly = try arguments.flag("open")
    page = try ListPage(arguments, limit: Limits.pageRowsMax)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let all = call.custody.currentRules.breakGlasses.values.filter { !isOpenOnly || $0.verdict == .none }
      .sorted { $0.takenAt == $1.takenAt ? $0.id < $1.id : $0.takenAt > $1.takenAt }
    let (page, next) = try page.cut(all) { $0.id.description }
    let receipt = try await call.custody.disclosure(permit).record(
      page.map { .reason($0.id) }, epoch: try await call.store.epoch())
    for glass in page {
      let text = try? call.custody.vault.open(glass.reason, .reason(glass.id), receipt)
      // The salt goes before.
      let reason = text.map { String(decoding: $0.dropFirst(16), as: UTF8.self) }
      try await call.port.send(Reply.row(row(glass, reason, call), receipt))
    }
    var object: JSONObject = ["rows": .int(Int64(page.count))]
    if let next { object["next"] = .string(next) }
    return Reply.done(object, receipt)
  }

  private func row(_ glass: BreakGlass, _ reason: String?, _ call: Call) -> JSONObject {
    [
      "id": .id(glass.id), "user": .text(call.custody.currentRules.employees[glass.user]?.name),
      "taken": .string(glass.takenAt.description), "until": .string(glass.until.description),
      "ended": .text(glass.endedAt?.description), "reason": .text(reason),
      "state": .string(Self.state(of: glass, at: .now())), "due": .string(glass.dueAt.description),
      "session": .id(glass.session),
    ]
  }

  /// `open` until it is reviewed, `overdue` after its day, then what the review came to.
  static func state(of glass: BreakGlass, at now: Instant) -> String {
    guard glass.verdict == .none else { return glass.verdict.name }
    return now < glass.dueAt ? "open" : "overdue"
  }
}

/// Reviews a wider read; another privacy officer than the one who took it approves.
struct BreakGlassReview: RegisterCommand {
  static let spec = CommandSpec(
    verb: "breakglass.review",
    summary: Text(
      en: "Review a wider read, with another privacy officer's approval.",
      fi: "Tarkasta laajempi lukuoikeus toisen tietosuojavastaavan hyväksynnällä.",
      sv: "Granska en vidare läsrätt med ett annat dataskyddsombuds godkännande."),
    parameters: [
      .init("id", .id, required: true, personal: false, BreakGlassWords.id),
      .init("verdict", .word(["justified", "unjustified"]), required: true, personal: false, BreakGlassWords.verdict),
      .init("note", .text, required: false, personal: true, BreakGlassWords.note),
    ],
    columns: [.init("id", personal: false), .init("rev", personal: false)],
    permission: .object(.breakGlass, .read), purpose: .none, effect: .write, log: .one, approval: .always(.given),
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let id: ID<BreakGlass>
  private let verdict: BreakGlass.Verdict

  init(_ arguments: inout Arguments) throws(RegisterError) {
    id = try arguments.id("id")
    verdict = try arguments.requiredWord("verdict") { word in
      BreakGlass.Verdict.allCases.first { $0 != .none && $0.name == word }
    }
    if arguments.text("note") != nil { _ = try Reason.parse(arguments, "note") }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    try await call.commitRules(permit) { rules, change in
      guard var glass = rules.stored.rules.breakGlasses[id] else { throw RegisterError.notFound }
      guard glass.verdict == .none else { throw RegisterError.conflictState(BreakGlassWords.reviewed) }
      try change.requireApproval(.breakGlassReview, barred: glass.user)
      glass.verdict = verdict
      glass.reviewer = call.context.principal.user
      glass.reviewedAt = .now()
      if glass.endedAt == nil, .now() < glass.until { glass.endedAt = .now() }
      try await rules.put(glass)
      return RuleResult(user: glass.id.retyped(), rev: 2)
    }
  }
}

/// Texts about wider reads.
enum BreakGlassWords {
  static let reason = Text(
    en: "why it is needed, without personal data", fi: "miksi se tarvitaan, ilman henkilötietoja",
    sv: "varför den behövs, utan personuppgifter")
  static let minutes = Text(
    en: "for how many minutes", fi: "kuinka moneksi minuutiksi", sv: "för hur många minuter")
  static let id = Text(en: "the wider read, by its id", fi: "laajemman lukuoikeuden tunniste", sv: "läsrättens id")
  static let open = Text(
    en: "only those that are not reviewed", fi: "vain tarkastamattomat", sv: "endast ogranskade")
  static let verdict = Text(
    en: "whether it was justified", fi: "oliko se perusteltu", sv: "om den var befogad")
  static let note = Text(
    en: "what the approver should know", fi: "mitä hyväksyjän on tiedettävä", sv: "vad den som godkänner bör veta")
  static let taken = Text(
    en: "This session has a wider read already.", fi: "Tällä istunnolla on jo laajempi lukuoikeus.",
    sv: "Denna session har redan en vidare läsrätt.")
  static let ended = Text(en: "It has ended.", fi: "Se on päättynyt.", sv: "Den har upphört.")
  static let reviewed = Text(
    en: "It has been reviewed.", fi: "Se on jo tarkastettu.", sv: "Den har redan granskats.")
  static let badReason = Text(
    en: "A reason has words, at most \(Limits.reasonScalarsMax) characters.",
    fi: "Perustelu on sanallinen, enintään \(Limits.reasonScalarsMax) merkkiä.",
    sv: "Ett skäl har ord, högst \(Limits.reasonScalarsMax) tecken.")
}
