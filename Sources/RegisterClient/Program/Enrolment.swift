import Glibc
import Model
import Synchronization
import Wire

/// What `session.otp` shows: the secret as a QR code and as text, then the recovery codes, once.
///
/// On a terminal in words and pictures; elsewhere the URI and the codes only, a line each.
final class Enrolment: Sendable {
  /// The verb that is shown so.
  static let verb = "session.otp"

  private let language: Language
  private let isTerminal: Bool
  private let width: Int
  private let state = Mutex<(secret: String?, hasCodes: Bool)>((nil, false))

  init(language: Language, isTerminal: Bool, width: Int) {
    self.language = language
    self.isTerminal = isTerminal
    self.width = width
  }

  /// Takes note of a row's secret without showing it, where rows go out as they are.
  func note(_ row: JSON) {
    guard row["uri"]?.string != nil, let secret = row["secret"]?.string else { return }
    state.withLock { $0.secret = secret }
  }

  /// The code of the secret that was shown, for scripts; nil where none was.
  func code() -> String? {
    state.withLock { $0.secret }.flatMap { OneTimeSecret(base32: $0) }?.code(at: Int64(time(nil)))
  }

  /// The lines of a row; nil for one that is nothing of these.
  func lines(_ row: JSON) -> [String]? {
    note(row)
    if let uri = row["uri"]?.string, let secret = row["secret"]?.string {
      return isTerminal ? picture(uri, secret) : [ValueText.oneLine(uri)]
    }
    guard let code = row["recovery-code"]?.string.map(ValueText.oneLine) else { return nil }
    guard isTerminal else { return [code] }
    let isFirst = state.withLock { state in
      defer { state.hasCodes = true }
      return !state.hasCodes
    }
    return (isFirst ? ["", Self.advice[language], ""] : []) + ["    \(code)"]
  }

  private func picture(_ uri: String, _ secret: String) -> [String] {
    let code = QRCode(uri).flatMap { $0.columns <= width ? $0 : nil }
    let scalars = Array(ValueText.oneLine(secret))
    let groups = stride(from: 0, to: scalars.count, by: 4).map { String(scalars[$0..<min($0 + 4, scalars.count)]) }
    return [(code == nil ? Self.type : Self.scan)[language], ""] + (code?.lines ?? [])
      + ["", "    \(groups.joined(separator: " "))", ""]
  }

  private static let scan = Text(
    en: "Scan this with the authenticator app, or type the letters below it as a time-based key:",
    fi: "Lue tämä todennussovelluksella tai kirjoita sen alla olevat merkit aikaan perustuvaksi avaimeksi:",
    sv: "Skanna detta med autentiseringsappen, eller skriv tecknen nedanför som en tidsbaserad nyckel:")
  private static let type = Text(
    en: "The terminal is too narrow for the picture. Type this into the authenticator app as a time-based key:",
    fi: "Pääte on liian kapea kuvalle. Kirjoita tämä todennussovellukseen aikaan perustuvaksi avaimeksi:",
    sv: "Terminalen är för smal för bilden. Skriv detta i autentiseringsappen som en tidsbaserad nyckel:")
  private static let advice = Text(
    en: "Recovery codes, each for one log-in without the telephone. They are not shown again: keep them on paper.",
    fi: "Varakoodit, kukin yhteen kirjautumiseen ilman puhelinta. Niitä ei näytetä uudelleen: säilytä ne paperilla.",
    sv: "Reservkoder, var och en för en inloggning utan telefonen. De visas inte igen: förvara dem på papper.")
}
