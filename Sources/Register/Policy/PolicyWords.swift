import Custody
import Model

/// The policy's words in people's words.
enum PolicyWords {
  /// The comment on top of a policy's text.
  static func heading(epoch: Int64) -> [Text] {
    [
      Text(
        en: "The policy, epoch \(epoch). A line: allow|deny  ROLE  ACTION  OBJECT  kinds=  fields=  scope=  purposes=",
        fi:
          "Säännöstö, versio \(epoch). Rivi: allow|deny  TYÖNKUVA  TOIMINTO  KOHDE  kinds=  fields=  scope=  purposes=",
        sv:
          "Regelverket, version \(epoch). En rad: allow|deny  ROLL  ÅTGÄRD  OBJEKT  kinds=  fields=  scope=  purposes="),
      Text(
        en:
          "Left out means all: both kinds of persons, every field, all customers. A denial wins over what is allowed.",
        fi:
          "Pois jätetty tarkoittaa kaikkia: molemmat henkilölajit, kaikki kentät, kaikki asiakkaat. Kielto voittaa luvan.",
        sv: "Utelämnat betyder alla: båda slagen av personer, alla fält, alla kunder. Ett förbud går före det tillåtna."
      ),
    ]
  }

  static func withoutRules(_ role: JobRole) -> Text {
    Text(
      en: "\(role.title.en): no rules", fi: "\(role.title.fi): ei sääntöjä", sv: "\(role.title.sv): inga regler")
  }

  static func roleWithoutRules(_ role: JobRole, holders: Int) -> Text {
    Text(
      en: "The role “\(role.title.en)” would have no rule that allows anything (held by \(holders)).",
      fi: "Työnkuvalla ”\(role.title.fi)” ei olisi yhtään sallivaa sääntöä (haltijoita \(holders)).",
      sv: "Rollen ”\(role.title.sv)” skulle inte ha någon regel som tillåter något (innehavare: \(holders)).")
  }

  /// What is done, as it stands after "may": "read contact data".
  static func phrase(_ object: PolicyObject, _ action: PolicyAction) -> Text {
    if let own = phrases["\(action.rawValue) \(object.rawValue)"] { return own }
    let noun = noun(object)
    let verb = verbs[action.rawValue] ?? Text(en: "use", fi: "käsitellä", sv: "behandla")
    return Text(en: "\(verb.en) \(noun.en)", fi: "\(verb.fi) \(noun.fi)", sv: "\(verb.sv) \(noun.sv)")
  }

  /// Several categories done the same thing to: "read names, contact data".
  static func phrase(_ categories: [Category], _ action: PolicyAction) -> Text {
    let verb = verbs[action.rawValue] ?? Text(en: "use", fi: "käsitellä", sv: "behandla")
    let nouns = list(categories.map { noun(PolicyObject($0)) })
    return Text(en: "\(verb.en) \(nouns.en)", fi: "\(verb.fi) \(nouns.fi)", sv: "\(verb.sv) \(nouns.sv)")
  }

  /// An object's noun: in Finnish in the partitive, as it stands after a verb or `koskee`.
  static func noun(_ object: PolicyObject) -> Text {
    nouns[object.rawValue] ?? Text(en: object.rawValue, fi: object.rawValue, sv: object.rawValue)
  }

  /// A list in words: "a, b and c".
  static func list(_ texts: [Text]) -> Text {
    Text(
      en: joined(texts.map(\.en), "and"), fi: joined(texts.map(\.fi), "ja"), sv: joined(texts.map(\.sv), "och"))
  }

  private static func joined(_ words: [String], _ and: String) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(and) " + last
  }

  /// Verbs by action; in Finnish such as take the partitive.
  static let verbs: [String: Text] = [
    "read": Text(en: "read", fi: "lukea", sv: "läsa"),
    "write": Text(en: "add and change", fi: "lisätä ja muuttaa", sv: "lägga till och ändra"),
    "read-by-list": Text(
      en: "read through a mailing list", fi: "lukea postituslistan kautta", sv: "via en utskickslista läsa"),
    "read-by-segment": Text(en: "read through a segment", fi: "lukea segmentin kautta", sv: "via ett segment läsa"),
    "figures": Text(en: "get figures on", fi: "saada lukuina", sv: "få siffror om"),
    "approve": Text(
      en: "approve requests about", fi: "hyväksyä pyyntöjä, jotka koskevat", sv: "godkänna begäranden om"),
    "break-glass-read": Text(
      en: "in an emergency read", fi: "hätätilanteessa lukea", sv: "i ett nödläge läsa"),
  ]

  static let nouns: [String: Text] = [
    "organisation": Text(
      en: "data of organisations", fi: "organisaatioiden tietoja", sv: "uppgifter om organisationer"),
    "identity": Text(en: "names", fi: "nimitietoja", sv: "namnuppgifter"),
    "contact": Text(en: "contact data", fi: "yhteystietoja", sv: "kontaktuppgifter"),
    "demographic": Text(en: "demographic data", fi: "demografisia tietoja", sv: "demografiska uppgifter"),
    "professional": Text(en: "data on their work", fi: "työtehtävän tietoja", sv: "uppgifter om arbetsuppgifter"),
    "commercial": Text(en: "commercial data", fi: "kaupallisia tietoja", sv: "kommersiella uppgifter"),
    "interactions": Text(en: "interactions", fi: "yhteydenpitotietoja", sv: "uppgifter om kontakter"),
    "lists": Text(
      en: "mailing lists and consents", fi: "postituslistoja ja suostumuksia", sv: "utskickslistor och samtycken"),
    "feedback": Text(en: "feedback", fi: "palautetietoja", sv: "kundrespons"),
    "research": Text(en: "surveys", fi: "kyselytutkimuksia", sv: "undersökningar"),
    "other": Text(en: "further facts", fi: "muita tietoja", sv: "övriga uppgifter"),
    "protected-contact": Text(
      en: "addresses and phones of persons under a non-disclosure order",
      fi: "turvakiellon alaisten henkilöiden osoitteita ja puhelinnumeroita",
      sv: "adresser och telefonnummer till personer med spärrmarkering"),
    "mark-deceased": Text(en: "marks of death", fi: "kuolinmerkintöjä", sv: "dödsmarkeringar"),
    "mark-do-not-contact": Text(
      en: "do-not-contact marks", fi: "yhteydenottokieltoja", sv: "kontaktförbud"),
    "mark-protected": Text(en: "non-disclosure marks", fi: "turvakieltomerkintöjä", sv: "spärrmarkeringar"),
    "merge": Text(en: "joining of records", fi: "tietueiden yhdistämisiä", sv: "sammanslagningar av poster"),
    "informing": Text(
      en: "records of who was informed", fi: "informointimerkintöjä", sv: "anteckningar om information"),
    "person-import": Text(en: "imports of persons", fi: "henkilöiden tuonteja", sv: "importer av personer"),
    "person-export": Text(
      en: "exports of persons", fi: "henkilöiden luovutuksia käsittelijöille", sv: "utlämningar av personer"),
    "users": Text(en: "accounts", fi: "käyttäjätilejä", sv: "konton"),
    "roles": Text(en: "job roles", fi: "työnkuvia", sv: "arbetsroller"),
    "policy": Text(en: "the policy", fi: "säännöstöä", sv: "regelverket"),
    "policy-for-person": Text(
      en: "who may see a given person", fi: "tietoa siitä, kuka saa nähdä tietyn henkilön",
      sv: "vem som får se en viss person"),
    "segments": Text(en: "segments and reports", fi: "segmenttejä ja raportteja", sv: "segment och rapporter"),
    "log": Text(en: "the access log", fi: "käyttölokia", sv: "åtkomstloggen"),
    "log-review": Text(
      en: "what stands out in the log", fi: "lokin poikkeamia", sv: "det som sticker ut i loggen"),
    "access-history": Text(
      en: "when a person's data was looked at", fi: "tietoa siitä, milloin henkilön tietoja on katsottu",
      sv: "när någons uppgifter har setts"),
    "server": Text(
      en: "the server's state and settings", fi: "palvelimen tilaa ja asetuksia",
      sv: "serverns tillstånd och inställningar"),
    "keys": Text(en: "keys", fi: "avaimia", sv: "nycklar"),
    "sessions": Text(en: "others' sessions", fi: "muiden istuntoja", sv: "andras sessioner"),
    "session": Text(en: "one's own session", fi: "omaa istuntoa", sv: "den egna sessionen"),
    "break-glass": Text(en: "emergency reads", fi: "hätälukuja", sv: "nödläsningar"),
    "daily-number": Text(
      en: "the daily number of persons", fi: "päivittäistä henkilömäärää", sv: "det dagliga antalet personer"),
    "reassign": Text(en: "handing over of customers", fi: "asiakkaiden siirtoja", sv: "överföringar av kunder"),
    "deputies": Text(en: "deputies", fi: "sijaisuuksia", sv: "ställföreträdare"),
    "rule-review": Text(
      en: "stored rules that do not verify", fi: "tallennettuja sääntöjä, joita ei voi varmentaa",
      sv: "lagrade regler som inte kan verifieras"),
  ]

  /// What is not said by verb and noun, by `ACTION OBJECT`.
  static let phrases: [String: Text] = [
    "write mark-deceased": Text(
      en: "mark persons as deceased", fi: "merkitä henkilöitä kuolleiksi", sv: "markera personer som avlidna"),
    "write mark-do-not-contact": Text(
      en: "mark persons as not to be contacted", fi: "merkitä henkilöitä yhteydenottokieltoon",
      sv: "markera att personer inte får kontaktas"),
    "write mark-protected": Text(
      en: "mark persons as under a non-disclosure order", fi: "merkitä henkilöitä turvakiellon alaisiksi",
      sv: "markera personer med spärrmarkering"),
    "write merge": Text(
      en: "join records of the same person", fi: "yhdistää saman henkilön tietueita",
      sv: "slå ihop poster om samma person"),
    "write informing": Text(
      en: "record that persons were informed", fi: "merkitä henkilöitä informoiduiksi",
      sv: "anteckna att personer har informerats"),
    "write person-import": Text(
      en: "import persons from a file", fi: "tuoda henkilöitä tiedostosta", sv: "importera personer från en fil"),
    "write person-export": Text(
      en: "hand persons to a processor", fi: "luovuttaa henkilöitä käsittelijälle",
      sv: "lämna personer till ett personuppgiftsbiträde"),
    "read policy-for-person": Text(
      en: "ask who may see a given person", fi: "kysyä, kuka saa nähdä tietyn henkilön",
      sv: "fråga vem som får se en viss person"),
    "write policy": Text(en: "change the policy", fi: "muuttaa säännöstöä", sv: "ändra regelverket"),
    "write sessions": Text(en: "end others' sessions", fi: "lopettaa muiden istuntoja", sv: "avsluta andras sessioner"),
    "write keys": Text(en: "change the keys", fi: "vaihtaa avaimia", sv: "byta nycklar"),
    "read keys": Text(en: "check the keys", fi: "tarkistaa avaimia", sv: "kontrollera nycklar"),
    "write break-glass": Text(
      en: "read more in an emergency (breakglass.take)", fi: "ottaa hätäluvun (breakglass.take)",
      sv: "läsa mer i ett nödläge (breakglass.take)"),
    "write reassign": Text(
      en: "hand one employee's customers to another", fi: "siirtää asiakkaita työntekijältä toiselle",
      sv: "föra över en anställds kunder till en annan"),
    "write log-review": Text(
      en: "record what became of what stands out in the log", fi: "kirjata, mitä lokin poikkeamista selvisi",
      sv: "anteckna vad som blev av det som sticker ut i loggen"),
    "approve log-review": Text(
      en: "sign off what became of what stands out in the log", fi: "vahvistaa, mitä lokin poikkeamista selvisi",
      sv: "godkänna vad som blev av det som sticker ut i loggen"),
    "write rule-review": Text(
      en: "accept stored rules that do not verify", fi: "hyväksyä tallennettuja sääntöjä, joita ei voi varmentaa",
      sv: "godta lagrade regler som inte kan verifieras"),
    "approve policy": Text(
      en: "approve changes of the policy", fi: "hyväksyä säännöstön muutoksia", sv: "godkänna ändringar av regelverket"),
    "approve break-glass": Text(
      en: "approve reviews of emergency reads", fi: "hyväksyä hätälukujen tarkastuksia",
      sv: "godkänna granskningar av nödläsningar"),
    "approve daily-number": Text(
      en: "let others go over the daily number of persons", fi: "hyväksyä päivittäisen henkilömäärän ylityksiä",
      sv: "godkänna att det dagliga antalet personer överskrids"),
  ]
}
