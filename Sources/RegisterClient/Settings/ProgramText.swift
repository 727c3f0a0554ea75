import Model

/// What the program says about what it did.
enum ProgramText {
  static let noRows = Text(en: "Nothing found.", fi: "Ei tuloksia.", sv: "Inga resultat.")
  static let pending = Text(
    en: "Not done yet: another person must approve it first.",
    fi: "Ei vielä tehty: toisen henkilön on ensin hyväksyttävä tämä.",
    sv: "Inte gjort ännu: en annan person måste godkänna det först.")
  static let pendingGiven = Text(
    en: "Another person has approved it: send the same command again with this:",
    fi: "Toinen henkilö on hyväksynyt tämän: lähetä sama komento uudelleen lisäten tämän:",
    sv: "En annan person har godkänt det: skicka samma kommando igen med detta:")
  static let until = Text(en: "until", fi: "viimeistään", sv: "senast")
  static let partial = Text(en: "Partly done.", fi: "Tehty osittain.", sv: "Delvis gjort.")
  static let warning = Text(en: "Done, but note:", fi: "Tehty, mutta huomaa:", sv: "Gjort, men observera:")
  static let unknown = Text(
    en: "It is not known whether this took effect. Repeat the same command with the same once= to find out.",
    fi: "Ei tiedetä, tehtiinkö muutos. Toista sama komento samalla once=-arvolla, niin selviää.",
    sv: "Det är okänt om ändringen gjordes. Upprepa samma kommando med samma once= för att få veta.")
  static let more = Text(en: "There is more: add", fi: "Lisää löytyy: lisää", sv: "Det finns mer: lägg till")
  static let rows = Text(en: "rows", fi: "riviä", sv: "rader")
  static let retry = Text(
    en: "Trying again can help after a while.", fi: "Hetken päästä kannattaa yrittää uudelleen.",
    sv: "Det kan hjälpa att försöka igen om en stund.")
  static let lateColumns = Text(
    en: "Later rows had columns that the header lacks; use --json for all of them:",
    fi: "Myöhemmillä riveillä oli sarakkeita, joita otsikossa ei ole; --json antaa kaikki:",
    sv: "Senare rader hade kolumner som saknas i rubriken; --json ger alla:")
  static let sessionSaved = Text(
    en: "Logged in. The session is kept for the next commands.",
    fi: "Kirjauduttu. Istunto säilyy seuraavia komentoja varten.",
    sv: "Inloggad. Sessionen sparas för nästa kommandon.")
  static let choiceSaved = Text(
    en: "Log-in works. The server gives no session tokens, so only server and user were saved.",
    fi: "Kirjautuminen toimii. Palvelin ei anna istuntotunnisteita, joten vain palvelin ja käyttäjä tallennettiin.",
    sv: "Inloggningen fungerar. Servern ger inga sessionsnycklar, därför sparades bara server och användare.")
  static let sessionOver = Text(
    en: "The kept session has ended. Log in again.", fi: "Säilytetty istunto on päättynyt. Kirjaudu uudelleen.",
    sv: "Den sparade sessionen har upphört. Logga in på nytt.")
  static let loggedOut = Text(
    en: "The kept session was removed.", fi: "Säilytetty istunto poistettiin.", sv: "Den sparade sessionen togs bort.")
  static let unsafeFile = Text(
    en: "The file must be yours and readable by you only (chmod 600):",
    fi: "Tiedoston on oltava omasi ja vain sinun luettavissasi (chmod 600):",
    sv: "Filen måste vara din egen och läsbar bara för dig (chmod 600):")
  static let welcome = Text(
    en: "Connected as %. Type help for the commands, quit to leave.",
    fi: "Yhteys avattu käyttäjänä %. Komennot näyttää help, lopetus quit.",
    sv: "Ansluten som %. Skriv help för kommandona, quit för att sluta.")
  static let again = Text(
    en: "The connection ended; the next command opens a new one.",
    fi: "Yhteys katkesi; seuraava komento avaa uuden.", sv: "Förbindelsen bröts; nästa kommando öppnar en ny.")
  static let noVerb = Text(
    en: "You have no such command.", fi: "Sinulla ei ole sellaista komentoa.", sv: "Du har inget sådant kommando.")
  static let personal = Text(en: "personal data", fi: "henkilötieto", sv: "personuppgift")
  static let required = Text(en: "required", fi: "pakollinen", sv: "obligatorisk")
  static let written = Text(en: "Written:", fi: "Kirjoitettu:", sv: "Skrivet:")
  static let promptHelp = Text(
    en: """
      A line is a verb and its parameters: person.find text="Åsa M" purpose=customer-service
      help            these words and your commands
      help VERB       a command's parameters
      history         what was asked in this session, without personal data
      quit            leave (Ctrl-D too); Ctrl-C cancels the running command
      """,
    fi: """
      Rivillä on verbi ja sen parametrit: person.find text="Åsa M" purpose=customer-service
      help            tämä ohje ja sinun komentosi
      help VERBI      komennon parametrit
      history         tässä istunnossa annetut komennot ilman henkilötietoja
      quit            lopetus (myös Ctrl-D); Ctrl-C peruu käynnissä olevan komennon
      """,
    sv: """
      En rad är ett verb och dess parametrar: person.find text="Åsa M" purpose=customer-service
      help            denna hjälp och dina kommandon
      help VERB       ett kommandos parametrar
      history         kommandon i denna session, utan personuppgifter
      quit            sluta (även Ctrl-D); Ctrl-C avbryter kommandot som pågår
      """)
}
