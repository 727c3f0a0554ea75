import Model

/// The words of a report; what its pictures say is in `ReportText+Charts`.
enum ReportText {
  static let title = Text(en: "Access log report", fi: "Käyttölokin raportti", sv: "Rapport om åtkomstloggen")
  static let register = Text(en: "Register", fi: "Rekisteri", sv: "Register")
  static let server = Text(en: "Server", fi: "Palvelin", sv: "Server")
  static let period = Text(en: "Period", fi: "Ajanjakso", sv: "Period")
  static let madeBy = Text(en: "Made by", fi: "Laatija", sv: "Utförd av")
  static let madeAt = Text(en: "Made at", fi: "Laadittu", sv: "Utförd")
  static let clocks = Text(en: "Days and hours", fi: "Päivät ja tunnit", sv: "Dagar och timmar")
  static let zone = Text(
    en: "in the time zone %", fi: "aikavyöhykkeellä %", sv: "i tidszonen %")
  static let contents = Text(en: "Contents", fi: "Sisällys", sv: "Innehåll")
  static let atAGlance = Text(en: "At a glance", fi: "Yhteenveto", sv: "I korthet")
  static let accesses = Text(en: "Accesses", fi: "Käyttöjä", sv: "Åtkomster")
  static let accessesLower = Text(en: "accesses", fi: "käyttöä", sv: "åtkomster")
  static let refusals = Text(en: "Refused", fi: "Evätty", sv: "Nekade")
  static let emergencies = Text(en: "Emergency reads", fi: "Hätälukuja", sv: "Nödläsningar")
  static let employees = Text(en: "Employees active", fi: "Aktiivisia työntekijöitä", sv: "Aktiva medarbetare")
  static let openAnomalies = Text(en: "Open anomalies", fi: "Avoimia poikkeamia", sv: "Öppna avvikelser")
  static let log = Text(en: "The log", fi: "Loki", sv: "Loggen")
  static let figures = Text(en: "The figures as a table", fi: "Luvut taulukkona", sv: "Siffrorna som tabell")
  static let nothing = Text(
    en: "No accesses in this period.", fi: "Ei käyttöjä tällä ajanjaksolla.", sv: "Inga åtkomster under perioden.")
  static let leftOut = Text(
    en: "Left out of the report, the server refused", fi: "Puuttuu raportista, palvelin epäsi:",
    sv: "Saknas i rapporten, servern nekade")
  static let confidential = Text(
    en: "Names employees. Keep it as confidential as the log itself.",
    fi: "Sisältää työntekijöiden nimiä. Säilytä yhtä luottamuksellisena kuin itse lokia.",
    sv: "Innehåller namn på medarbetare. Förvara den lika konfidentiellt som själva loggen.")

  // MARK: - Errors

  static let noFile = Text(
    en: "Where to? Add --out FILE.html.", fi: "Mihin? Lisää --out TIEDOSTO.html.", sv: "Vart? Lägg till --out FIL.html."
  )
  static let badTime = Text(
    en: "A time is a day (2026-11-01) or RFC 3339 (2026-11-01T08:00:00+02:00).",
    fi: "Aika on päivä (2026-11-01) tai RFC 3339 (2026-11-01T08:00:00+02:00).",
    sv: "En tid är en dag (2026-11-01) eller RFC 3339 (2026-11-01T08:00:00+02:00).")
  static let emptyPeriod = Text(
    en: "The period ends before it begins.", fi: "Ajanjakso päättyy ennen alkuaan.",
    sv: "Perioden slutar innan den börjar.")
  static let longPeriod = Text(
    en: "The period is longer than ten years.", fi: "Ajanjakso on yli kymmenen vuotta.",
    sv: "Perioden är längre än tio år.")

  // MARK: - Emergency reads

  static let emergencyTitle = Text(
    en: "Emergency reads (break-glass)", fi: "Hätäluvut (break-glass)", sv: "Nödläsningar (break-glass)")
  static let emergencySummary = Text(
    en: "Reads: %; sessions: %.", fi: "Lukuja: %; istuntoja: %.", sv: "Läsningar: %; sessioner: %.")
  static let noEmergencies = Text(
    en: "Nobody read anything by emergency rights in this period.",
    fi: "Kukaan ei lukenut mitään hätäoikeuksin tällä ajanjaksolla.",
    sv: "Ingen läste något med nödrättigheter under perioden.")
  static let newestOnly = Text(
    en: "The table has the newest % reads only.", fi: "Taulukossa on vain uusimmat % lukua.",
    sv: "Tabellen har bara de senaste % läsningarna.")
  static let first = Text(en: "First", fi: "Ensimmäinen", sv: "Första")
  static let last = Text(en: "Last", fi: "Viimeinen", sv: "Sista")
  static let caseReference = Text(en: "Case", fi: "Asia", sv: "Ärende")
  static let persons = Text(en: "Persons", fi: "Henkilöitä", sv: "Personer")
  static let reads = Text(en: "Reads", fi: "Lukuja", sv: "Läsningar")

  // MARK: - Anomalies

  static let anomaliesTitle = Text(
    en: "Reasons to look: open anomalies", fi: "Syitä tarkistaa: avoimet poikkeamat",
    sv: "Skäl att se efter: öppna avvikelser")
  static let noAnomalies = Text(
    en: "No anomaly is open.", fi: "Avoimia poikkeamia ei ole.", sv: "Ingen avvikelse är öppen.")
  static let anomaliesUnknown = Text(
    en: "The server did not tell of anomalies.", fi: "Palvelin ei kertonut poikkeamista.",
    sv: "Servern berättade inte om avvikelser.")
  static let anomaliesSummary = Text(
    en: "Open: %; kinds: %. Each is a reason to look, not a verdict.",
    fi: "Avoimia: %; lajeja: %. Jokainen on syy tarkistaa, ei tuomio.",
    sv: "Öppna: %; slag: %. Var och en är ett skäl att se efter, ingen dom.")
  static let kind = Text(en: "Kind", fi: "Laji", sv: "Slag")
  static let count = Text(en: "Count", fi: "Määrä", sv: "Antal")

  // MARK: - Verification

  static let verificationTitle = Text(
    en: "Is the log what it was?", fi: "Onko loki ennallaan?", sv: "Är loggen densamma?")
  static let check = Text(en: "Check", fi: "Tarkistus", sv: "Kontroll")
  static let result = Text(en: "Result", fi: "Tulos", sv: "Resultat")
  static let origin = Text(en: "Origin", fi: "Alkuperä", sv: "Ursprung")
  static let size = Text(en: "Entries", fi: "Merkintöjä", sv: "Poster")
  static let root = Text(en: "Root of the tree", fi: "Puun juuri", sv: "Trädets rot")
  static let key = Text(en: "Verifier key", fi: "Tarkistusavain", sv: "Verifieringsnyckel")
  static let note = Text(
    en: "The checkpoint as signed", fi: "Allekirjoitettu tarkistuspiste", sv: "Den signerade kontrollpunkten")
  static let noCheckpoint = Text(
    en: "The server gave no checkpoint, so nothing was verified.",
    fi: "Palvelin ei antanut tarkistuspistettä, joten mitään ei tarkistettu.",
    sv: "Servern gav ingen kontrollpunkt, därför kontrollerades inget.")
  static let verifyYourself = Text(
    en: """
      This page proves nothing by itself: compare the checkpoint with a copy outside, and verify an export of the log \
      with rekisteri verify.
      """,
    fi: """
      Tämä sivu ei yksin todista mitään: vertaa tarkistuspistettä ulkopuoliseen kopioon ja tarkista lokin vienti \
      komennolla rekisteri verify.
      """,
    sv: """
      Denna sida bevisar inget i sig: jämför kontrollpunkten med en kopia utanför, och kontrollera en export av loggen \
      med rekisteri verify.
      """)

  /// What all checks come to.
  static func verdict(_ verdict: ReportVerification.Verdict) -> Text {
    switch verdict {
    case .good: Text(en: "Log: checks passed", fi: "Loki: tarkistukset läpäisty", sv: "Logg: kontrollerna godkända")
    case .bad: Text(en: "Log: A CHECK FAILED", fi: "Loki: TARKISTUS EPÄONNISTUI", sv: "Logg: EN KONTROLL MISSLYCKADES")
    case .open:
      Text(en: "Log: not fully verified", fi: "Loki: ei täysin tarkistettu", sv: "Logg: inte helt kontrollerad")
    }
  }

  /// How one check came out.
  static func result(_ verdict: ReportVerification.Verdict) -> Text {
    switch verdict {
    case .good: Text(en: "passed", fi: "kunnossa", sv: "godkänd")
    case .bad: Text(en: "FAILED", fi: "EPÄONNISTUI", sv: "MISSLYCKADES")
    case .open: Text(en: "not done", fi: "ei tehty", sv: "inte utförd")
    }
  }

  /// What was checked.
  static func check(_ kind: ReportVerification.Kind) -> Text {
    switch kind {
    case .form:
      Text(
        en: "The checkpoint is well-formed and says what the server said",
        fi: "Tarkistuspiste on oikeanmuotoinen ja kertoo saman kuin palvelin",
        sv: "Kontrollpunkten är rätt utformad och säger detsamma som servern")
    case .signature:
      Text(en: "The log's signature is good", fi: "Lokin allekirjoitus on oikea", sv: "Loggens signatur är riktig")
    case .key:
      Text(
        en: "The key is one that this client knew before", fi: "Avain on tälle asiakasohjelmalle ennestään tuttu",
        sv: "Nyckeln är känd av detta program sedan tidigare")
    case .consistency:
      Text(
        en: "The log extends what this client saw last",
        fi: "Loki jatkaa sitä, minkä tämä asiakasohjelma viimeksi näki",
        sv: "Loggen fortsätter det som detta program såg senast")
    case .witnesses:
      Text(
        en: "Witnesses outside have cosigned", fi: "Ulkopuoliset todistajat ovat allekirjoittaneet",
        sv: "Vittnen utanför har medsignerat")
    }
  }
}
