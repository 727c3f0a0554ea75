import Custody
import Model

/// The sentences that `policy.explain` is put together from.
enum ExplanationWords {
  static func actingAs(_ role: JobRole) -> Text {
    Text(
      en: "Acts as \(role.title.en).", fi: "Toimii työnkuvassa \(role.title.fi).", sv: "Handlar som \(role.title.sv).")
  }

  static func rule(_ grant: Grant) -> Text {
    let what = "\(grant.object.rawValue)/\(grant.action.rawValue)"
    return Text(en: "A rule allows \(what).", fi: "Sääntö sallii: \(what).", sv: "En regel tillåter \(what).")
  }

  static func denied(_ grant: Grant) -> Text {
    let what = "\(grant.object.rawValue)/\(grant.action.rawValue)"
    return Text(en: "A rule denies \(what).", fi: "Sääntö kieltää: \(what).", sv: "En regel förbjuder \(what).")
  }

  static func purpose(_ purpose: Purpose) -> Text {
    Text(
      en: "Purpose: \(purpose.title.en).", fi: "Käyttötarkoitus: \(purpose.title.fi).",
      sv: "Ändamål: \(purpose.title.sv).")
  }

  static func noRule(_ roles: [JobRole]) -> Text {
    Text(
      en: "No rule allows it for: \(roles.map(\.title.en).joined(separator: ", ")).",
      fi: "Mikään sääntö ei salli sitä työnkuvalle: \(roles.map(\.title.fi).joined(separator: ", ")).",
      sv: "Ingen regel tillåter det för: \(roles.map(\.title.sv).joined(separator: ", ")).")
  }

  static func noPurpose(_ fitting: [Purpose]) -> Text {
    guard !fitting.isEmpty else {
      return Text(
        en: "The role does not hold this purpose.", fi: "Käyttötarkoitus ei kuulu työnkuvaan.",
        sv: "Ändamålet hör inte till rollen.")
    }
    return Text(
      en: "It needs a purpose that the role holds: \(fitting.map(\.title.en).joined(separator: ", ")).",
      fi: "Tarvitaan työnkuvaan kuuluva käyttötarkoitus: \(fitting.map(\.title.fi).joined(separator: ", ")).",
      sv: "Det kräver ett ändamål som hör till rollen: \(fitting.map(\.title.sv).joined(separator: ", ")).")
  }

  static func reached(_ categories: CategorySet) -> Text {
    guard !categories.isEmpty else {
      return Text(
        en: "This person is within reach.", fi: "Henkilö on säännön piirissä.", sv: "Personen omfattas av regeln.")
    }
    let names = categories.members.map(\.name).joined(separator: ", ")
    return Text(
      en: "Within reach of this person: \(names).", fi: "Tämän henkilön tiedoista sallittuja: \(names).",
      sv: "Av denna persons uppgifter tillåts: \(names).")
  }

  static func outOfReach(_ person: PersonHeader) -> Text {
    guard !person.marks.contains(.restricted) else {
      return Text(
        en: "Not for this person: their data is restricted.",
        fi: "Ei koske tätä henkilöä: tietojen käsittely on rajoitettu.",
        sv: "Inte för denna person: behandlingen av uppgifterna är begränsad.")
    }
    return Text(
      en: "Not for this person: of another kind, or another's customer.",
      fi: "Ei koske tätä henkilöä: henkilö on toista lajia tai toisen vastuulla.",
      sv: "Inte för denna person: av annat slag, eller någon annans kund.")
  }

  static let disabled = AccountWords.disabled
  static let apart = Text(
    en: "The account holds roles that nobody may hold together.",
    fi: "Tilillä on työnkuvia, joita kenelläkään ei saa olla yhdessä.",
    sv: "Kontot har roller som ingen får ha tillsammans.")
  static let noRole = Text(
    en: "The account has no role.", fi: "Tilillä ei ole työnkuvaa.", sv: "Kontot har ingen roll.")
  static let session = Text(
    en: "Everybody who is logged in may do this.", fi: "Jokainen kirjautunut saa tehdä tämän.",
    sv: "Alla inloggade får göra detta.")
  static let ownOnly = Text(
    en: "For own customers only.", fi: "Vain omista asiakkaista.", sv: "Endast för egna kunder.")
  static let sometimesApproved = Text(
    en: "Some uses need another person's approval.", fi: "Joihinkin käyttöihin tarvitaan toisen henkilön hyväksyntä.",
    sv: "Vissa användningar kräver en annan persons godkännande.")
  static let alwaysApproved = Text(
    en: "Another person must approve it.", fi: "Toisen henkilön on hyväksyttävä se.",
    sv: "En annan person måste godkänna det.")
  static let noPerson = Text(
    en: "The command is not about single persons.", fi: "Komento ei koske yksittäisiä henkilöitä.",
    sv: "Kommandot gäller inte enskilda personer.")
}

extension Text {
  /// Two sentences, one after the other.
  static func + (left: Text, right: Text) -> Text {
    Text(en: left.en + " " + right.en, fi: left.fi + " " + right.fi, sv: left.sv + " " + right.sv)
  }

  static func += (left: inout Text, right: Text) { left = left + right }
}
