import Model

/// Help texts that commands on persons and organisations share.
enum Words {
  static let id = Text(en: "its id", fi: "tunniste", sv: "dess id")
  static let person = Text(en: "the person's id", fi: "henkilön tunniste", sv: "personens id")
  static let rev = Text(
    en: "the revision you saw", fi: "näkemäsi version numero", sv: "revisionen som du såg")
  static let firstName = Text(en: "first name", fi: "etunimi", sv: "förnamn")
  static let lastName = Text(en: "last name", fi: "sukunimi", sv: "efternamn")
  static let gender = Text(
    en: "gender (contact persons only)", fi: "sukupuoli (vain yhteyshenkilöt)", sv: "kön (endast kontaktpersoner)")
  static let phone = Text(en: "phone number", fi: "puhelinnumero", sv: "telefonnummer")
  static let email = Text(en: "e-mail address", fi: "sähköpostiosoite", sv: "e-postadress")
  static let street = Text(en: "street and number", fi: "katuosoite", sv: "gatuadress")
  static let postcode = Text(en: "postcode", fi: "postinumero", sv: "postnummer")
  static let town = Text(en: "town", fi: "postitoimipaikka", sv: "postanstalt")
  static let country = Text(
    en: "country, two letters", fi: "maa, kaksi kirjainta", sv: "land, två bokstäver")
  static let jobTitle = Text(
    en: "title (contact persons only)", fi: "titteli (vain yhteyshenkilöt)", sv: "titel (endast kontaktpersoner)")
  static let position = Text(
    en: "position (contact persons only)", fi: "asema (vain yhteyshenkilöt)", sv: "ställning (endast kontaktpersoner)")
  static let soleTrader = Text(
    en: "business id of a sole trader", fi: "toiminimen Y-tunnus", sv: "enskild näringsidkares FO-nummer")
  static let businessID = Text(en: "business id", fi: "Y-tunnus", sv: "FO-nummer")
  static let note = Text(
    en: "a further fact that matters to the relationship", fi: "muu asiakassuhteen kannalta olennainen tieto",
    sv: "annan uppgift som är väsentlig för kundrelationen")
  static let organisation = Text(en: "the organisation's id", fi: "yrityksen tunniste", sv: "organisationens id")
  static let status = Text(
    en: "where the relationship stands", fi: "asiakassuhteen tila", sv: "kundrelationens läge")
  static let manager = Text(
    en: "the account manager's id", fi: "asiakasvastaavan tunniste", sv: "kundansvarigs id")
  static let letters = Text(en: "language of letters", fi: "kirjeiden kieli", sv: "brevens språk")
  static let source = Text(en: "where it came from", fi: "tietolähde", sv: "källa")
  static let sourceNote = Text(
    en: "which other source", fi: "mikä muu lähde", sv: "vilken annan källa")
  static let searchText = Text(
    en: "name, e-mail, phone or organisation, as you would say it", fi: "nimi, sähköposti, puhelin tai yritys",
    sv: "namn, e-post, telefon eller organisation")
  static let limit = Text(en: "how many at most", fi: "enintään montako", sv: "högst hur många")
  static let after = Text(
    en: "go on after this (see next)", fi: "jatka tämän jälkeen (ks. next)", sv: "fortsätt efter detta (se next)")
  static let fields = Text(
    en: "categories or fields, separated by commas", fi: "tietoryhmät tai kentät pilkuin erotettuina",
    sv: "grupper eller fält, åtskilda med komma")
  static let kind = Text(
    en: "contact person or private customer", fi: "yhteyshenkilö vai henkilöasiakas",
    sv: "kontaktperson eller privatkund")
  static let label = Text(en: "which one it is: work, home", fi: "mikä se on: työ, koti", sv: "vilken: arbete, hem")
  static let entry = Text(
    en: "its number, from person.show", fi: "sen numero, ks. person.show", sv: "dess nummer, se person.show")
}
