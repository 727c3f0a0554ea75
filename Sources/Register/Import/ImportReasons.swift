import Model

/// Why a row is refused, where no value's own words say it.
enum ImportReasons {
  static let nameMissing = Text(en: "The row names nobody.", fi: "Rivillä ei ole nimeä.", sv: "Raden har inget namn.")

  static let contactOnly = Text(
    en: "This may be held on an organisation's contact person only, not on a private customer.",
    fi: "Tämä tieto voi olla vain yrityksen yhteyshenkilöstä, ei henkilöasiakkaasta.",
    sv: "Denna uppgift får finnas endast om ett företags kontaktperson, inte om en privatkund.")

  static let organisationNeeded = Text(
    en: "A contact person needs an organisation.", fi: "Yhteyshenkilö tarvitsee yrityksen.",
    sv: "En kontaktperson behöver ett företag.")

  static let organisationOfPrivate = Text(
    en: "A private customer stands for no organisation.", fi: "Henkilöasiakas ei edusta yritystä.",
    sv: "En privatkund företräder inget företag.")

  static let nameless = Text(
    en: "The column has no name.", fi: "Sarakkeella ei ole otsikkoa.", sv: "Kolumnen har ingen rubrik.")

  static let unknownWord = Text(
    en: "The cell holds a word that is not known here.", fi: "Solussa on sana, jota tässä ei tunneta.",
    sv: "Cellen innehåller ett ord som inte är känt här.")

  static let sourceMissing = Text(
    en: "The row does not say where the data came from.", fi: "Rivillä ei ole tietolähdettä.",
    sv: "Raden anger ingen uppgiftskälla.")

  static let sourceNoteMissing = Text(
    en: "Another source needs a word on which.", fi: "Muu lähde on nimettävä.", sv: "En annan källa måste namnges.")

  static let columns = Text(
    en: "The row has too few or too many columns.", fi: "Rivillä on liian vähän tai liian monta saraketta.",
    sv: "Raden har för få eller för många kolumner.")

  static let cellTooLong = Text(en: "The cell is too long.", fi: "Solu on liian pitkä.", sv: "Cellen är för lång.")

  static let strayQuote = Text(
    en: "There is text after a closing quotation mark.", fi: "Sulkevan lainausmerkin jälkeen on tekstiä.",
    sv: "Det finns text efter ett avslutande citattecken.")

  static let tooMany = Text(
    en: "There are too many of these in one row.", fi: "Näitä on yhdellä rivillä liikaa.",
    sv: "Det finns för många av dessa på en rad.")

  static let unknownKey = Text(
    en: "The row has a key that the register does not know.", fi: "Rivillä on avain, jota rekisteri ei tunne.",
    sv: "Raden har en nyckel som registret inte känner till.")

  static let notText = Text(
    en: "The value is to be a text.", fi: "Arvon pitää olla teksti.", sv: "Värdet ska vara en text.")

  static let notObject = Text(
    en: "The row is to be an object.", fi: "Rivin pitää olla olio.", sv: "Raden ska vara ett objekt.")
}
