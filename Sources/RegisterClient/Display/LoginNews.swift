import Model
import Wire

/// What the server tells at log-in: the last one, failed tries since, and what waits.
struct LoginNews: Sendable, Equatable {
  /// A line, and whether it wants attention.
  struct Line: Sendable, Equatable {
    let text: String
    let isWarning: Bool
  }

  let lines: [Line]

  /// The news in the final object of `auth`; none where the server tells nothing of the last log-in.
  init(_ object: JSON, language: Language) {
    var lines: [Line] = []
    if let last = object["last-login"]?.string {
      let address = object["last-address"]?.string.map { " (\(ValueText.oneLine($0)))" } ?? ""
      lines.append(Line(text: "\(Self.last[language]) \(ValueText.moment(last))\(address)", isWarning: false))
    }
    if let failed = object["failed-tries"]?.int, failed > 0 {
      // Without a last log-in there is nothing that they came after.
      let text = (lines.isEmpty ? Self.failedBefore : Self.failed)[language].replacing("%", with: String(failed))
      lines.append(Line(text: text, isWarning: true))
    }
    for notice in object["notices"]?.array ?? [] {
      guard let text = notice["msg"]?.string ?? notice["kind"]?.string else { continue }
      lines.append(Line(text: ValueText.oneLine(text), isWarning: true))
    }
    self.lines = lines
  }

  /// The lines as they are said; those that want attention with a mark.
  func said(_ paint: Paint) -> [String] { lines.map { $0.isWarning ? paint("! \($0.text)", .warning) : $0.text } }

  private static let last = Text(en: "Last log-in:", fi: "Edellinen kirjautuminen:", sv: "Senaste inloggning:")
  private static let failed = Text(
    en: "Failed tries to log in as you since then: %. If it was not you, tell the administrator.",
    fi: "Epäonnistuneita kirjautumisyrityksiä sen jälkeen: %. Jos et ollut se sinä, ilmoita ylläpitäjälle.",
    sv: "Misslyckade försök att logga in som du sedan dess: %. Om det inte var du, meddela administratören.")
  private static let failedBefore = Text(
    en: "Failed tries to log in as you: %. If it was not you, tell the administrator.",
    fi: "Epäonnistuneita kirjautumisyrityksiä tunnuksellasi: %. Jos et ollut se sinä, ilmoita ylläpitäjälle.",
    sv: "Misslyckade försök att logga in som du: %. Om det inte var du, meddela administratören.")
}
