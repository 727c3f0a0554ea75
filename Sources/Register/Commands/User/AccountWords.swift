import Model

/// Texts that commands on accounts, roles, policy and the log share.
enum AccountWords {
  static let id = Text(en: "the account's id", fi: "käyttäjän tunniste", sv: "kontots id")
  static let user = Text(
    en: "the employee's id or log-in name", fi: "työntekijän tunniste tai käyttäjätunnus",
    sv: "den anställdas id eller användarnamn")
  static let name = Text(
    en: "log-in name: small letters, digits, dot, hyphen, underscore",
    fi: "käyttäjätunnus: pieniä kirjaimia, numeroita, piste, viiva, alaviiva",
    sv: "användarnamn: små bokstäver, siffror, punkt, bindestreck, understreck")
  static let fullName = Text(en: "first and last name", fi: "etu- ja sukunimi", sv: "för- och efternamn")
  static let roles = Text(
    en: "job roles, separated by commas", fi: "työnkuvat pilkuin erotettuina", sv: "arbetsroller, åtskilda med komma")
  static let role = Text(en: "job role", fi: "työnkuva", sv: "arbetsroll")
  static let unixUser = Text(
    en: "the operating system's user who logs in without a password on the server itself",
    fi: "käyttöjärjestelmän käyttäjä, joka kirjautuu palvelimella ilman salasanaa",
    sv: "operativsystemets användare som loggar in utan lösenord på själva servern")
  static let password = Text(
    en: "password; a random one is made where none is given", fi: "salasana; jos sitä ei anneta, se arvotaan",
    sv: "lösenord; ett slumpat görs om inget ges")
  static let oneTime = Text(
    en: "with one-time passwords", fi: "kertakäyttösalasanat käytössä", sv: "med engångslösenord")
  static let purpose = Text(en: "purpose", fi: "käyttötarkoitus", sv: "ändamål")

  static let team = Text(
    en: "the team, for rules whose scope is the team; empty for none",
    fi: "tiimi, jota tiimiin rajatut säännöt koskevat; tyhjä poistaa",
    sv: "teamet, för regler som gäller teamet; tomt för inget")
  static let certificate = Text(
    en: "SHA-256 of the client certificate (DER) in hexadecimal; empty for none",
    fi: "asiakasvarmenteen (DER) SHA-256 heksadesimaalina; tyhjä poistaa",
    sv: "klientcertifikatets (DER) SHA-256 hexadecimalt; tomt för inget")
  static let sameAs = Text(
    en: "another account of the same human being; empty for none", fi: "saman ihmisen toinen tili; tyhjä poistaa",
    sv: "ett annat konto för samma människa; tomt för inget")
  static let apartHuman = Text(
    en: "The same human being would hold administrator or auditor together with another role, under another account.",
    fi:
      "Samalla ihmisellä olisi toisella tilillä työnkuva, jota ei voi pitää yhdessä pääkäyttäjän tai tarkastajan kanssa.",
    sv: "Samma människa skulle under ett annat konto ha en roll som inte kan innehas med administratör eller revisor.")
  static let badTeam = Text(
    en: "A team is up to 64 letters, digits and hyphens.", fi: "Tiimi on enintään 64 kirjainta, numeroa ja viivaa.",
    sv: "Ett team är högst 64 bokstäver, siffror och bindestreck.")
  static let badCertificate = Text(
    en: "64 hexadecimal digits are needed.", fi: "Tarvitaan 64 heksadesimaalinumeroa.",
    sv: "64 hexadecimala siffror behövs.")

  static let badName = Text(
    en: "A log-in name is 1 to 64 small letters a–z, digits, dots, hyphens and underscores, and no id.",
    fi: "Käyttäjätunnus on 1–64 pientä kirjainta a–z, numeroa, pistettä, viivaa tai alaviivaa eikä näytä tunnisteelta.",
    sv: "Ett användarnamn är 1–64 små bokstäver a–z, siffror, punkter, bindestreck och understreck, och inget id.")
  static let badUnixUser = Text(
    en: "This is not the name of a user of the operating system.", fi: "Tämä ei ole käyttöjärjestelmän käyttäjänimi.",
    sv: "Detta är inte ett användarnamn i operativsystemet.")
  static let unknownUser = Text(
    en: "There is no account with this log-in name.", fi: "Tällä käyttäjätunnuksella ei ole tiliä.",
    sv: "Det finns inget konto med detta användarnamn.")
  static let apart = Text(
    en: "Administrator and auditor are never held together with another role.",
    fi: "Pääkäyttäjän tai tarkastajan työnkuvaa ei voi olla yhdessä toisen työnkuvan kanssa.",
    sv: "Rollen administratör eller revisor kan inte innehas tillsammans med en annan roll.")
  static let lastAdministrator = Text(
    en: "This is the last administrator.", fi: "Tämä on viimeinen pääkäyttäjä.",
    sv: "Detta är den sista administratören.")
  static let oneself = Text(
    en: "You cannot disable your own account.", fi: "Omaa tiliä ei voi sulkea.",
    sv: "Du kan inte stänga ditt eget konto.")
  static let disabled = Text(
    en: "The account is disabled.", fi: "Tili on suljettu.", sv: "Kontot är stängt.")
  static let held = Text(
    en: "The employee holds this role already.", fi: "Työntekijällä on jo tämä työnkuva.",
    sv: "Den anställda har redan denna roll.")
}
