import Custody
import Model

/// Texts about reasons to look.
enum AnomalyWords {
  static let id = Text(en: "the finding's id", fi: "havainnon tunniste", sv: "fyndets id")
  static let kind = Text(en: "only of this kind", fi: "vain tätä lajia", sv: "endast av denna sort")
  static let state = Text(
    en: "open (the default), disposed of, signed, or all", fi: "avoin (oletus), käsitelty, allekirjoitettu tai kaikki",
    sv: "öppna (förval), behandlade, undertecknade eller alla")
  static let disposition = Text(en: "what it came to", fi: "mihin päädyttiin", sv: "vad det ledde till")
  static let note = Text(
    en: "why, without personal data; for the one who signs", fi: "miksi, ilman henkilötietoja; allekirjoittajalle",
    sv: "varför, utan personuppgifter; för den som undertecknar")
  static let day = Text(
    en: "of this day; the last week where left out", fi: "tältä päivältä; muuten viime viikolta",
    sv: "från denna dag; annars från den senaste veckan")
  static let gone = Text(
    en: "There is no such finding in this time.", fi: "Tällaista havaintoa ei ole tältä ajalta.",
    sv: "Det finns inget sådant fynd från denna tid.")
  static let done = Text(
    en: "It has been disposed of.", fi: "Se on jo käsitelty.", sv: "Det har redan behandlats.")
  static let notDone = Text(
    en: "Nobody has disposed of it yet.", fi: "Sitä ei ole vielä käsitelty.", sv: "Ingen har behandlat det ännu.")
  static let signed = Text(
    en: "It has been signed.", fi: "Se on jo allekirjoitettu.", sv: "Det har redan undertecknats.")
  static let own = Text(
    en: "Somebody else must sign what you disposed of.", fi: "Toisen on allekirjoitettava se, minkä itse käsittelit.",
    sv: "Någon annan måste underteckna det som du behandlade.")
  static let concerned = Text(
    en: "It is about you.", fi: "Se koskee sinua itseäsi.", sv: "Det gäller dig själv.")
  static let tooLong = Text(
    en: "Ask about at most \(AnomalySearch.daysMax) days at once.",
    fi: "Kysy kerralla enintään \(AnomalySearch.daysMax) päivää.",
    sv: "Fråga om högst \(AnomalySearch.daysMax) dagar åt gången.")
}

/// Which findings are asked for: a time, and whose they are.
struct AnomalyQuestion: Sendable {
  static let parameters: [ParameterSpec] =
    [
      .init("kind", .word(AnomalyKind.allCases.map(\.rawValue)), required: false, personal: false, AnomalyWords.kind),
      .init("user", .text, required: false, personal: true, AccountWords.user),
    ] + LogTimes.parameters

  let kind: AnomalyKind?
  private let user: UserReference?
  private let times: LogTimes

  init(_ arguments: Arguments) throws(RegisterError) {
    kind = try arguments.word("kind") { AnomalyKind(rawValue: $0) }
    if let text = arguments.text("user"), !text.isEmpty { user = try UserReference(text, "user") } else { user = nil }
    times = try LogTimes(arguments)
  }

  /// The window of the times: the last days where they are left out.
  func window(_ settings: AnomalySettings, days: Int64, now: Instant = .now()) throws(RegisterError) -> AnomalyWindow {
    // The entries of this very second belong.
    let until = times.until ?? max(now, times.since ?? now).adding(seconds: 1)
    let since = times.since ?? until.adding(seconds: -days * 86_400)
    let window = AnomalyWindow(since: since, until: until, settings: settings)
    guard window.last.number - window.first.number < AnomalySearch.daysMax else {
      throw .invalid("since", AnomalyWords.tooLong)
    }
    return window
  }

  /// The findings, and the rules' epoch.
  func findings(_ call: Call, days: Int64 = 7) async throws -> (findings: [Finding], epoch: Int64) {
    let rules = call.custody.currentRules
    let settings = call.services.settings.anomalies
    let window = try window(settings, days: days)
    let user = try user.map { user throws(RegisterError) in try LogQuestion.id(of: user, rules) }
    let deadline = call.context.deadline
    try await call.custody.sequencer.catchUp(deadline: deadline)
    let size = try await call.store.logSize(deadline: deadline)
    let search = AnomalySearch(store: call.store, directory: call.directory, rules: rules, settings: settings)
    let (found, epoch) = try await search.findings(
      kind.map { [$0] } ?? Set(AnomalyKind.allCases), window, before: size, deadline: deadline)
    return (user.map { user in found.filter { $0.user == user } } ?? found, epoch)
  }
}
