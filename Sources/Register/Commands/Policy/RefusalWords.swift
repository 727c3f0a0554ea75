import Custody
import Model

/// The sentences of `policy.explain` that say why not.
extension ExplanationWords {
  static let noAccount = Text(
    en: "There is no such account.", fi: "Tällaista tiliä ei ole.", sv: "Det finns inget sådant konto.")

  static func disabled(_ employee: Employee) -> Text {
    let name = employee.shownName
    return Text(
      en: "\(name) may do nothing: the account is disabled.", fi: "\(name) ei saa tehdä mitään: tili on suljettu.",
      sv: "\(name) får inte göra någonting: kontot är stängt.")
  }

  static func apart(_ employee: Employee) -> Text {
    let name = employee.shownName
    let roles = PolicyWords.list(employee.roles.map(\.title))
    return Text(
      en: "\(name) may do nothing: the account holds roles that nobody may hold together (\(roles.en)).",
      fi: "\(name) ei saa tehdä mitään: tilillä on työnkuvia, joita kenelläkään ei saa olla yhdessä (\(roles.fi)).",
      sv: "\(name) får inte göra någonting: kontot har roller som ingen får ha tillsammans (\(roles.sv)).")
  }

  static func noRole(_ employee: Employee) -> Text {
    let name = employee.shownName
    return Text(
      en: "\(name) may do nothing: the account has no job role.",
      fi: "\(name) ei saa tehdä mitään: tilillä ei ole työnkuvaa.",
      sv: "\(name) får inte göra någonting: kontot har ingen arbetsroll.")
  }

  static func denied(_ employee: Employee, _ verb: String, _ denial: Grant) -> Text {
    let name = employee.shownName
    let rule = PolicyText.short(denial)
    return Text(
      en: "\(name) may not run \(verb): the role “\(denial.role.title.en)” is explicitly denied it, and a denial wins "
        + "over every rule that allows: “\(rule)”.",
      fi: "\(name) ei saa suorittaa komentoa \(verb): se on nimenomaan kielletty työnkuvalta "
        + "”\(denial.role.title.fi)”, ja kielto voittaa jokaisen sallivan säännön: ”\(rule)”.",
      sv: "\(name) får inte köra \(verb): det är uttryckligen förbjudet för rollen ”\(denial.role.title.sv)”, och ett "
        + "förbud går före varje regel som tillåter: ”\(rule)”.")
  }

  static func noPurpose(_ employee: Employee, _ verb: String, _ purpose: Purpose?, fitting: [Purpose]) -> Text {
    let name = employee.shownName
    let roles = titles(employee.roles)
    let why: Text
    if let title = purpose?.title {
      why = Text(
        en:
          "\(name) may not run \(verb) for the purpose “\(title.en)”: the role \(roles.en) does not hold it for this.",
        fi: "\(name) ei saa suorittaa komentoa \(verb) käyttötarkoitukseen ”\(title.fi)”: se ei kuulu tässä "
          + "työnkuvaan \(roles.fi).",
        sv: "\(name) får inte köra \(verb) för ändamålet ”\(title.sv)”: det hör inte till rollen \(roles.sv) här.")
    } else {
      why = Text(
        en: "\(name) may not run \(verb) without a purpose.",
        fi: "\(name) ei saa suorittaa komentoa \(verb) ilman käyttötarkoitusta.",
        sv: "\(name) får inte köra \(verb) utan ett ändamål.")
    }
    guard !fitting.isEmpty else { return why }
    let list = PolicyWords.list(
      fitting.map { Text(en: "“\($0.title.en)”", fi: "”\($0.title.fi)”", sv: "”\($0.title.sv)”") })
    return why
      + Text(
        en: "The purposes that fit are \(list.en).", fi: "Sopivat käyttötarkoitukset: \(list.fi).",
        sv: "De ändamål som passar är \(list.sv).")
  }

  static func noRule(_ employee: Employee, _ verb: String, _ permission: Permission, held: [JobRole]) -> Text {
    let name = employee.shownName
    let roles = titles(employee.roles)
    let what = phrase(permission)
    let why = Text(
      en: "\(name) may not run \(verb): the role \(roles.en) has no rule that allows to \(what.en).",
      fi: "\(name) ei saa suorittaa komentoa \(verb): työnkuvalla \(roles.fi) ei ole sääntöä, joka sallisi "
        + "\(what.fi).",
      sv: "\(name) får inte köra \(verb): rollen \(roles.sv) har ingen regel som tillåter att \(what.sv).")
    guard !held.isEmpty else { return why }
    let others = titles(held)
    return why
      + Text(
        en: "It belongs to the role \(others.en).", fi: "Se kuuluu työnkuvaan \(others.fi).",
        sv: "Det hör till rollen \(others.sv).")
  }

  private static func phrase(_ permission: Permission) -> Text {
    switch permission {
    case .object(let object, let action): PolicyWords.phrase(object, action)
    case .anyOf(let objects, let action): PolicyWords.phrase(objects.first ?? .session, action)
    case .persons(let categories, let action): PolicyWords.phrase(categories.members, action)
    case .marks: PolicyWords.phrase(.markDoNotContact, .write)
    }
  }

  // MARK: Persons

  static func reached(_ categories: CategorySet) -> Text {
    guard !categories.isEmpty else {
      return Text(
        en: "This person is within reach.", fi: "Henkilö on säännön piirissä.", sv: "Personen omfattas av regeln.")
    }
    let names = PolicyWords.list(categories.members.map { PolicyWords.noun(PolicyObject($0)) })
    return Text(
      en: "Of this person it reaches \(names.en).", fi: "Tästä henkilöstä se ulottuu näihin: \(names.fi).",
      sv: "Om denna person når det \(names.sv).")
  }

  static let outOfReach = Text(
    en: "But this person is out of reach.", fi: "Tämä henkilö ei kuitenkaan ole säännön piirissä.",
    sv: "Men denna person omfattas inte.")

  static let restricted = Text(
    en: "Their data is restricted: it is stored, and used only for the rights of data subjects and legal obligations.",
    fi: "Tietojen käsittely on rajoitettu: ne säilytetään, ja niitä käytetään vain rekisteröidyn oikeuksiin ja "
      + "lakisääteisiin velvoitteisiin.",
    sv: "Behandlingen av uppgifterna är begränsad: de lagras och används endast för den registrerades rättigheter och "
      + "rättsliga förpliktelser.")

  static func otherKind(_ kind: PersonKind) -> Text {
    kind == .contact
      ? Text(
        en: "The rule is not about contact persons.", fi: "Sääntö ei koske yhteyshenkilöitä.",
        sv: "Regeln gäller inte kontaktpersoner.")
      : Text(
        en: "The rule is not about private customers.", fi: "Sääntö ei koske henkilöasiakkaita.",
        sv: "Regeln gäller inte privatkunder.")
  }

  static func outOfScope(_ employee: Employee, _ scope: PolicyScope, _ manager: Employee?) -> Text {
    let name = employee.shownName
    let limit: Text
    if scope == .team, !employee.team.isEmpty {
      limit = Text(
        en: "The rule is about customers of \(name) and of the team “\(employee.team)” only.",
        fi: "Sääntö koskee vain asiakkaita, joista vastaa \(name) tai tiimi ”\(employee.team)”.",
        sv: "Regeln gäller bara kunder hos \(name) och teamet ”\(employee.team)”.")
    } else {
      limit = Text(
        en: "The rule is about own customers only, and those of colleagues for whom \(name) stands in.",
        fi: "Sääntö koskee vain omia asiakkaita ja niiden asiakkaita, joiden sijaisena \(name) on.",
        sv: "Regeln gäller bara egna kunder och kunder hos dem som \(name) är ställföreträdare för.")
    }
    guard let manager else {
      return limit
        + Text(
          en: "This person has no account manager.", fi: "Henkilöllä ei ole asiakasvastaavaa.",
          sv: "Personen har ingen kundansvarig.")
    }
    return limit
      + Text(
        en: "This person's account manager is \(manager.shownName).",
        fi: "Henkilön asiakasvastaava on \(manager.shownName).",
        sv: "Personens kundansvariga är \(manager.shownName).")
  }

  static let protectedLeftOut = Text(
    en: "Address and phone are left out, because the person is under a non-disclosure order.",
    fi: "Osoite ja puhelinnumero jäävät pois, koska henkilöllä on turvakielto.",
    sv: "Adress och telefon utelämnas, eftersom personen har spärrmarkering.")

  static let notKnown = Text(
    en: "The rule reaches nothing that is held on such a person, or the role may not read of them.",
    fi: "Sääntö ei ulotu mihinkään, mitä tällaisesta henkilöstä pidetään, tai työnkuva ei saa lukea heidän tietojaan.",
    sv: "Regeln når inget som förs om en sådan person, eller så får rollen inte läsa om dem.")

  static let noPerson = Text(
    en: "The command is not about single persons.", fi: "Komento ei koske yksittäisiä henkilöitä.",
    sv: "Kommandot gäller inte enskilda personer.")

  // MARK: Why a person is near

  static func own(_ employee: Employee) -> Text {
    let name = employee.shownName
    return Text(
      en: "\(name) is the person's account manager.", fi: "\(name) on henkilön asiakasvastaava.",
      sv: "\(name) är personens kundansvariga.")
  }

  static func deputy(_ employee: Employee, for manager: Employee?, until: Day) -> Text {
    let name = employee.shownName
    let other = manager?.shownName ?? "–"
    return Text(
      en: "\(name) stands in for the person's account manager \(other) until \(until).",
      fi: "\(name) on \(until) asti henkilön asiakasvastaavan sijaisena (\(other)).",
      sv: "\(name) är till \(until) ställföreträdare för personens kundansvariga \(other).")
  }

  static func sameTeam(_ employee: Employee, _ manager: Employee?) -> Text {
    let name = employee.shownName
    let other = manager?.shownName ?? "–"
    return Text(
      en: "\(name) and the person's account manager \(other) are of the same team, “\(employee.team)”.",
      fi: "\(name) ja henkilön asiakasvastaava \(other) ovat samassa tiimissä ”\(employee.team)”.",
      sv: "\(name) och personens kundansvariga \(other) hör till samma team, ”\(employee.team)”.")
  }
}
