import Model

/// What the session itself says to people.
enum SessionText {
  static let authRequired = Text(
    en: "Log in first.", fi: "Kirjaudu ensin sisään.", sv: "Logga in först.")
  static let authFailed = Text(
    en: "The name, password or code is wrong.", fi: "Tunnus, salasana tai koodi on väärä.",
    sv: "Namnet, lösenordet eller koden är fel.")
  static let expired = Text(
    en: "The session has ended.", fi: "Istunto on päättynyt.", sv: "Sessionen har avslutats.")
  static let version = Text(
    en: "This server speaks rek/1.", fi: "Tämä palvelin puhuu versiota rek/1.", sv: "Servern talar rek/1.")
  static let language = Text(
    en: "fi, sv or en is needed.", fi: "Anna fi, sv tai en.", sv: "Ange fi, sv eller en.")
  static let mechanism = Text(
    en: "This way to log in is not offered here.", fi: "Tätä kirjautumistapaa ei tarjota tässä.",
    sv: "Detta inloggningssätt erbjuds inte här.")
  static let base64 = Text(en: "Base64 is needed.", fi: "Tarvitaan base64-muoto.", sv: "Base64 behövs.")
  static let missing = Text(en: "This is needed.", fi: "Tämä tarvitaan.", sv: "Detta behövs.")
  static let inflight = Text(
    en: "Too many commands are under way.", fi: "Liian monta komentoa on kesken.", sv: "För många kommandon pågår.")
  static let cancelled = Text(en: "Cancelled.", fi: "Peruutettu.", sv: "Avbruten.")
  static let noCommand = Text(
    en: "No such command is under way.", fi: "Tällaista komentoa ei ole kesken.",
    sv: "Inget sådant kommando pågår.")
  static let noVerb = Text(
    en: "There is no such command for you.", fi: "Sinulle ei ole tällaista komentoa.",
    sv: "Det finns inget sådant kommando för dig.")
  static let syntax = Text(
    en: "The line cannot be read.", fi: "Riviä ei voi lukea.", sv: "Raden går inte att läsa.")
  static let sequence = Text(
    en: "This does not come here.", fi: "Tämä ei kuulu tähän.", sv: "Detta hör inte hit.")
  static let tooLong = Text(en: "The line is too long.", fi: "Rivi on liian pitkä.", sv: "Raden är för lång.")
  static let quota = Text(
    en: "Too much input waits while rows are not taken.", fi: "Syötettä odottaa liikaa, kun rivejä ei oteta vastaan.",
    sv: "För mycket indata väntar medan rader inte tas emot.")
  static let encoding = Text(en: "The text is not UTF-8.", fi: "Teksti ei ole UTF-8:aa.", sv: "Texten är inte UTF-8.")
  static let duplicate = Text(
    en: "A parameter is given twice.", fi: "Parametri on annettu kahdesti.", sv: "En parameter anges två gånger.")

  /// What a code of `BAD` means.
  static func bad(_ code: String) -> Text {
    switch code {
    case "toolong": tooLong
    case "encoding": encoding
    case "duplicate": duplicate
    case "sequence": sequence
    default: syntax
    }
  }
}
