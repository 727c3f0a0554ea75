import Custody
import Model

/// Why a policy's text is refused, in words.
enum PolicyReasons {
  static let effect = Text(en: "effect", fi: "vaikutus", sv: "verkan")
  static let role = Text(en: "job role", fi: "työnkuva", sv: "arbetsroll")
  static let action = Text(en: "action", fi: "toiminto", sv: "åtgärd")
  static let object = Text(en: "object", fi: "kohde", sv: "objekt")
  static let kind = Text(en: "kind of person", fi: "henkilölaji", sv: "slag av person")
  static let field = Text(en: "field of this category", fi: "tämän tietoryhmän kenttä", sv: "fält i denna grupp")
  static let scope = Text(en: "scope", fi: "rajaus", sv: "omfattning")
  static let purpose = Text(en: "purpose", fi: "käyttötarkoitus", sv: "ändamål")

  static func unknown(_ what: Text, _ known: [String], meant: String?) -> Text {
    guard !known.isEmpty else { return noFields }
    if let meant {
      return Text(
        en: "There is no such \(what.en); perhaps \(meant) was meant.",
        fi: "Tällaista sanaa ei ole (\(what.fi)); tarkoititko: \(meant)?",
        sv: "Det finns inget sådant ord (\(what.sv)); menades \(meant)?")
    }
    let list = known.joined(separator: ", ")
    return Text(
      en: "There is no such \(what.en). It is one of: \(list).",
      fi: "Tällaista sanaa ei ole (\(what.fi)). Sallitut sanat: \(list).",
      sv: "Det finns inget sådant ord (\(what.sv)). Tillåtna ord: \(list).")
  }

  static func missing(_ what: Text, _ known: [String]) -> Text {
    let list = known.joined(separator: ", ")
    return Text(
      en: "The line ends too soon: \(what.en) is missing. It is one of: \(list).",
      fi: "Rivi päättyy kesken: \(what.fi) puuttuu. Sallitut sanat: \(list).",
      sv: "Raden slutar för tidigt: \(what.sv) saknas. Tillåtna ord: \(list).")
  }

  static func twice(_ name: String) -> Text {
    Text(
      en: "\(name)= is given twice.", fi: "\(name)= on annettu kahdesti.", sv: "\(name)= anges två gånger.")
  }

  static func duplicate(of line: Int) -> Text {
    Text(
      en: "The same rule stands at line \(line) already.", fi: "Sama sääntö on jo rivillä \(line).",
      sv: "Samma regel finns redan på rad \(line).")
  }

  static func apart(_ role: JobRole, _ object: PolicyObject) -> Text {
    let what = PolicyWords.noun(object)
    return Text(
      en: "Separation of duties: the role “\(role.title.en)” may never hold a rule about \(what.en).",
      fi: "Tehtävien eriyttäminen: työnkuvalla ”\(role.title.fi)” ei voi olla sääntöä, joka koskee näitä: \(what.fi).",
      sv: "Åtskilda uppgifter: rollen ”\(role.title.sv)” får aldrig ha en regel om \(what.sv).")
  }

  static func nobody(_ object: PolicyObject, _ action: PolicyAction) -> Text {
    let what = PolicyWords.phrase(object, action)
    return Text(
      en: "Nobody would be left who may \(what.en).", fi: "Kukaan ei enää saisi \(what.fi).",
      sv: "Ingen skulle längre få \(what.sv).")
  }

  static let noDetail = Text(
    en: "After the object come only kinds=, fields=, scope= and purposes=.",
    fi: "Kohteen jälkeen tulevat vain kinds=, fields=, scope= ja purposes=.",
    sv: "Efter objektet kommer bara kinds=, fields=, scope= och purposes=.")
  static let fieldsElsewhere = Text(
    en: "Only a category of persons' data has fields.", fi: "Kenttiä on vain henkilötietojen ryhmillä.",
    sv: "Bara en grupp av personuppgifter har fält.")
  static let noFields = Text(
    en: "This category has no fields of its own: leave fields= out.",
    fi: "Tällä tietoryhmällä ei ole omia kenttiä: jätä fields= pois.",
    sv: "Denna grupp har inga egna fält: lämna bort fields=.")
  static let hidden = Text(
    en: "The line holds control or invisible characters.", fi: "Rivillä on ohjausmerkkejä tai näkymättömiä merkkejä.",
    sv: "Raden innehåller styrtecken eller osynliga tecken.")
  static let tooLong = Text(en: "The text is too long.", fi: "Teksti on liian pitkä.", sv: "Texten är för lång.")
  static let noPiece = Text(
    en: "The policy comes as JSON strings, the pieces of its text.",
    fi: "Säännöstö lähetetään JSON-merkkijonoina, tekstin paloina.",
    sv: "Regelverket skickas som JSON-strängar, delar av texten.")
  static let tooMany = Text(
    en: "The policy has too many rules.", fi: "Säännöstössä on liikaa sääntöjä.",
    sv: "Regelverket har för många regler.")
  static let empty = Text(
    en: "The text holds no rule at all.", fi: "Tekstissä ei ole yhtään sääntöä.", sv: "Texten innehåller ingen regel.")
  static let nothingReached = Text(
    en: "The rule reaches nothing: kinds= and fields= may be left out, but not be empty.",
    fi: "Sääntö ei koske mitään: kinds= ja fields= voi jättää pois, mutta ne eivät saa olla tyhjiä.",
    sv: "Regeln omfattar ingenting: kinds= och fields= kan lämnas bort men får inte vara tomma.")
  static let needsPurposes = Text(
    en: "A rule that allows something about persons names its purposes.",
    fi: "Sääntö, joka sallii jotakin henkilöistä, nimeää käyttötarkoituksensa.",
    sv: "En regel som tillåter något om personer anger sina ändamål.")
  static let noScope = Text(
    en: "This object is not decided person by person: leave kinds= and scope= out.",
    fi: "Tätä kohdetta ei ratkaista henkilöittäin: jätä kinds= ja scope= pois.",
    sv: "Detta objekt avgörs inte person för person: lämna bort kinds= och scope=.")
  static let sessionForAll = Text(
    en: "One's own session is everybody's: there are no rules about it.",
    fi: "Oma istunto kuuluu jokaiselle: siitä ei ole sääntöjä.",
    sv: "Den egna sessionen är allas: det finns inga regler om den.")
  static let unchanged = Text(
    en: "This is the policy in force already: there is nothing to change.",
    fi: "Tämä säännöstö on jo voimassa: mitään muutettavaa ei ole.",
    sv: "Detta regelverk gäller redan: det finns inget att ändra.")
  static let overtaken = Text(
    en: "The policy was changed after this was asked for: look at the difference and ask again.",
    fi: "Säännöstöä on muutettu pyynnön jälkeen: katso ero ja pyydä uudelleen.",
    sv: "Regelverket har ändrats efter begäran: se skillnaden och begär på nytt.")
}
