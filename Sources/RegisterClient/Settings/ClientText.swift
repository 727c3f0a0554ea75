import Model
import Wire

/// What the client itself says to people.
enum ClientText {
  static let noConnection = Text(
    en: "No connection to the server.", fi: "Palvelimeen ei saada yhteyttä.", sv: "Ingen förbindelse med servern.")
  static let untrusted = Text(
    en: "The server's certificate is not trusted: check the server's name and the --ca file.",
    fi: "Palvelimen varmenteeseen ei voi luottaa: tarkista palvelimen nimi ja --ca-tiedosto.",
    sv: "Serverns certifikat är inte betrott: kontrollera serverns namn och --ca-filen.")
  static let busy = Text(
    en: "The server has too many connections; try again soon.",
    fi: "Palvelimella on liikaa yhteyksiä; yritä pian uudelleen.",
    sv: "Servern har för många förbindelser; försök igen om en stund.")
  static let closed = Text(
    en: "The connection ended before the answer came.", fi: "Yhteys katkesi ennen vastausta.",
    sv: "Förbindelsen bröts innan svaret kom.")
  static let notProtocol = Text(
    en: "The server's answer makes no sense, so the connection was closed.",
    fi: "Palvelimen vastausta ei ymmärretä, joten yhteys suljettiin.",
    sv: "Serverns svar kan inte förstås, därför stängdes förbindelsen.")
  static let noMechanism = Text(
    en: "There is no way to log in here without a user name and password.",
    fi: "Kirjautumiseen tarvitaan käyttäjätunnus ja salasana.",
    sv: "För inloggning behövs användarnamn och lösenord.")
  static let notTheServer = Text(
    en: "The server could not prove that it knows you. Do not try again before you have told the administrator.",
    fi: "Palvelin ei pystynyt todistamaan tuntevansa sinua. Ilmoita ylläpitäjälle ennen kuin yrität uudelleen.",
    sv: "Servern kunde inte bevisa att den känner dig. Meddela administratören innan du försöker igen.")
  static let badText = Text(
    en: "User name or password is empty or holds control characters.",
    fi: "Käyttäjätunnus tai salasana on tyhjä tai siinä on ohjausmerkkejä.",
    sv: "Användarnamnet eller lösenordet är tomt eller innehåller styrtecken.")
  static let otpAsked = Text(
    en: "A one-time password is needed.", fi: "Tarvitaan kertakäyttökoodi.", sv: "En engångskod behövs.")
  static let noCode = Text(
    en:
      "A one-time password is needed, and there is no terminal to ask for it: give --otp-secret-file or REKISTERI_OTP.",
    fi: "Tarvitaan kertakäyttökoodi, eikä ole päätettä, jolla kysyä sitä: anna --otp-secret-file tai REKISTERI_OTP.",
    sv: "En engångskod behövs, och det finns ingen terminal att fråga på: ange --otp-secret-file eller REKISTERI_OTP.")
  static let noNewCode = Text(
    en: "The code of the new secret is needed, and there is no terminal to ask for it. Nothing was changed.",
    fi: "Tarvitaan uuden salaisuuden koodi, eikä ole päätettä, jolla kysyä sitä. Mitään ei muutettu.",
    sv: "Den nya hemlighetens kod behövs, och det finns ingen terminal att fråga på. Inget ändrades.")
  static let inputNeeded = Text(
    en: "This command takes rows from a file: add file=PATH.",
    fi: "Komento ottaa rivit tiedostosta: lisää file=POLKU.",
    sv: "Kommandot tar rader ur en fil: lägg till file=SÖKVÄG.")
  static let inputUnused = Text(
    en: "This command takes no file; file= was not used.", fi: "Komento ei ota tiedostoa; file= jäi käyttämättä.",
    sv: "Kommandot tar ingen fil; file= användes inte.")
  static let answerNeeded = Text(
    en: "The server asks for something this client does not know:",
    fi: "Palvelin pyytää jotain, mitä tämä ohjelma ei tunne:",
    sv: "Servern ber om något som detta program inte känner:")
  static let noServer = Text(
    en: "Which server? Give --server HOST:PORT or --socket PATH, or write server = … in the configuration file.",
    fi: "Mikä palvelin? Anna --server KONE:PORTTI tai --socket POLKU, tai kirjoita server = … asetustiedostoon.",
    sv: "Vilken server? Ange --server VÄRD:PORT eller --socket SÖKVÄG, eller skriv server = … i inställningsfilen.")
  static let badServer = Text(
    en: "The server is written HOST or HOST:PORT, an IPv6 address as [ADDRESS]:PORT.",
    fi: "Palvelin kirjoitetaan KONE tai KONE:PORTTI, IPv6-osoite [OSOITE]:PORTTI.",
    sv: "Servern skrivs VÄRD eller VÄRD:PORT, en IPv6-adress [ADRESS]:PORT.")
  static let badLanguage = Text(
    en: "The language is one of fi, sv, en.", fi: "Kieli on fi, sv tai en.", sv: "Språket är fi, sv eller en.")
  static let halfCertificate = Text(
    en: "A client certificate needs both its file and its key's: --certificate and --certificate-key.",
    fi: "Asiakasvarmenteeseen tarvitaan sekä varmenteen että avaimen tiedosto: --certificate ja --certificate-key.",
    sv: "Ett klientcertifikat behöver både sin fil och sin nyckelfil: --certificate och --certificate-key.")
  static let badSecret = Text(
    en: "The file does not hold a base32 secret.", fi: "Tiedostossa ei ole base32-salaisuutta.",
    sv: "Filen innehåller ingen base32-hemlighet.")
  static let notLine = Text(
    en: "This cannot be written as a command:", fi: "Tätä ei voi kirjoittaa komennoksi:",
    sv: "Detta kan inte skrivas som ett kommando:")
  static let bothForms = Text(
    en: "Give only one of --json and --csv.", fi: "Anna vain toinen: --json tai --csv.",
    sv: "Ange bara den ena av --json och --csv.")
  static let user = Text(en: "User: ", fi: "Käyttäjä: ", sv: "Användare: ")
  static let password = Text(en: "Password: ", fi: "Salasana: ", sv: "Lösenord: ")
  static let otp = Text(en: "One-time password: ", fi: "Kertakäyttökoodi: ", sv: "Engångskod: ")
  static let otpCurrent = Text(
    en: "One-time password of the app so far, or a recovery code: ",
    fi: "Tähänastisen sovelluksen kertakäyttökoodi tai varakoodi: ",
    sv: "Engångskod från den nuvarande appen, eller en reservkod: ")
  static let otpNew = Text(
    en: "Code that the app shows now: ", fi: "Koodi, jonka sovellus nyt näyttää: ", sv: "Koden som appen visar nu: ")
  static let server = Text(en: "Server (HOST:PORT): ", fi: "Palvelin (KONE:PORTTI): ", sv: "Server (VÄRD:PORT): ")
  static let caFile = Text(
    en: "Certificate authority's file (empty for the system's): ",
    fi: "Varmenteen myöntäjän tiedosto (tyhjä: järjestelmän omat): ",
    sv: "Certifikatutfärdarens fil (tom: systemets egna): ")
}

extension ClientText {
  /// The server asks for something in the middle of a command, and nobody can be asked.
  static func unasked(_ name: String) -> Text {
    Text(
      en: "The command needs \(name), and there is no terminal to ask for it.",
      fi: "Komento tarvitsee tiedon \(name), eikä ole päätettä, jolla kysyä sitä.",
      sv: "Kommandot behöver \(name), och det finns ingen terminal att fråga på.")
  }

  /// A need of the server that nothing here can meet.
  static func unknownNeed(_ need: JSON) -> Text {
    let name = SafeText.forTerminal(need["need"]?.string ?? need.description)
    return Text(
      en: "\(answerNeeded.en) \(name)", fi: "\(answerNeeded.fi) \(name)", sv: "\(answerNeeded.sv) \(name)")
  }
}
