import Model
import Wire

/// What a password must be: long enough, and nothing that is guessed first. No rules of composition, no expiry (NIST SP
/// 800-63B, section 3.1.1.2).
///
/// A password is taken apart into the fewest guesses: common words and passwords, the employee's own names, runs and
/// keyboard walks, repetitions, years, and single characters for the rest. One that so little is left of is refused: a
/// common word with some characters around it, two in a row, a walk in several pieces, the same over and over.
struct PasswordRules: Sendable {
  /// The longest password, in Unicode scalars: it fits a line before authentication in Base 64.
  static let scalarsMax = 256
  /// What is left of a password at least, in tenths of a bit: more than three common words without anything between.
  static let tenthsMin = 380

  /// Why a password will not do.
  enum Fault: Error, Hashable, Sendable {
    /// It has control or invisible characters.
    case hidden
    /// It has fewer characters than this.
    case short(Int)
    /// It has more characters than this.
    case long(Int)
    /// It is little more than common words or passwords.
    case common
    /// It is little more than the employee's name, or the register's.
    case personal
    /// It is little more than runs of letters, digits or neighbouring keys.
    case run
    /// It is little more than the same again.
    case repeated
    /// It is too easily guessed for another reason, such as digits only.
    case guessable
  }

  /// Words of the account's own and of the house, folded.
  private let names: [[UInt8]]

  /// The rules for an account: passwords made of its names are refused too.
  init(loginName: String = "", fullName: String = "") {
    var texts = ["rekisteri", "rekisterid", "asiakasrekisteri", "kundregister", "ecorum"]
    for name in [loginName, fullName] {
      texts.append(name)
      texts += name.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
    names = Set(texts.map { PasswordText.prepared($0) }).map { text in
      FoldedPassword(text).plain.filter { $0.isAlphanumeric }
    }.filter { $0.count >= 3 }
  }

  /// Throws the reason where a password will not do.
  func check(_ password: String, withOneTime: Bool) throws(Fault) {
    guard SafeText.isSafe(password) else { throw .hidden }
    let prepared = PasswordText.prepared(password)
    let scalarsMin = withOneTime ? Limits.passwordWithOneTimeScalarsMin : Limits.passwordScalarsMin
    let count = prepared.unicodeScalars.count
    guard count >= scalarsMin else { throw .short(scalarsMin) }
    guard count <= Self.scalarsMax else { throw .long(Self.scalarsMax) }
    let pieces = PasswordPieces(FoldedPassword(prepared), names: names).fewest()
    guard pieces.tenths < Self.tenthsMin else { return }
    let order: [(PasswordPieces.Kind, Fault)] = [
      (.name, .personal), (.word, .common), (.run, .run), (.repeated, .repeated),
    ]
    throw order.first { pieces.kinds.contains($0.0) }?.1 ?? .guessable
  }
}

extension PasswordRules.Fault {
  /// The words for people; never the password.
  var text: Text {
    switch self {
    case .hidden:
      Text(
        en: "The password has control or invisible characters.",
        fi: "Salasanassa on ohjausmerkkejä tai näkymättömiä merkkejä.",
        sv: "Lösenordet innehåller styrtecken eller osynliga tecken.")
    case .short(let scalarsMin):
      Text(
        en: "A password has at least \(scalarsMin) characters.", fi: "Salasanassa on vähintään \(scalarsMin) merkkiä.",
        sv: "Ett lösenord har minst \(scalarsMin) tecken.")
    case .long(let scalarsMax):
      Text(
        en: "A password has at most \(scalarsMax) characters.", fi: "Salasanassa on enintään \(scalarsMax) merkkiä.",
        sv: "Ett lösenord har högst \(scalarsMax) tecken.")
    case .common:
      Text(
        en:
          "This is built on common words or passwords, which are guessed first. Take four words without a connection.",
        fi:
          "Salasana perustuu yleisiin sanoihin tai salasanoihin, jotka arvataan ensin. Valitse neljä sanaa, jotka eivät liity toisiinsa.",
        sv: "Lösenordet bygger på vanliga ord eller lösenord, som gissas först. Välj fyra ord som inte hör ihop.")
    case .personal:
      Text(
        en: "This is built on a name that is known here, which is guessed first. Take four words without a connection.",
        fi:
          "Salasana perustuu täällä tunnettuun nimeen, joka arvataan ensin. Valitse neljä sanaa, jotka eivät liity toisiinsa.",
        sv: "Lösenordet bygger på ett namn som är känt här, och som gissas först. Välj fyra ord som inte hör ihop.")
    case .run:
      Text(
        en: "This is a row of neighbouring keys, letters or digits, which is guessed first.",
        fi: "Salasana on peräkkäisiä näppäimiä, kirjaimia tai numeroita, jotka arvataan ensin.",
        sv: "Lösenordet är en rad av intilliggande tangenter, bokstäver eller siffror, som gissas först.")
    case .repeated:
      Text(
        en: "This repeats the same characters, which is guessed first.",
        fi: "Salasana toistaa samoja merkkejä, mikä arvataan ensin.",
        sv: "Lösenordet upprepar samma tecken, vilket gissas först.")
    case .guessable:
      Text(
        en: "This is too easily guessed. Take four words without a connection.",
        fi: "Salasana on liian helppo arvata. Valitse neljä sanaa, jotka eivät liity toisiinsa.",
        sv: "Lösenordet är för lätt att gissa. Välj fyra ord som inte hör ihop.")
    }
  }
}
