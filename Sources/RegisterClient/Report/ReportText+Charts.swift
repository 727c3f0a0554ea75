import Model

/// The words of a report's pictures and tables.
extension ReportText {
  static let months = TextList(
    en: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    fi: (1...12).map { "\($0)." },
    sv: ["jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"])
  static let weekdays = TextList(
    en: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], fi: ["ma", "ti", "ke", "to", "pe", "la", "su"],
    sv: ["mån", "tis", "ons", "tors", "fre", "lör", "sön"])
  static let day = Text(en: "Day", fi: "Päivä", sv: "Dag")
  static let hour = Text(en: "Hour", fi: "Tunti", sv: "Timme")
  static let all = Text(en: "All", fi: "Kaikki", sv: "Alla")
  static let part = Text(en: "Share", fi: "Osuus", sv: "Andel")
  static let others = Text(en: "% others", fi: "% muuta", sv: "% övriga")
  static let remark = Text(en: "Remark", fi: "Huomautus", sv: "Anmärkning")
  static let noPurpose = Text(en: "no purpose", fi: "ei tarkoitusta", sv: "inget ändamål")
  static let noRole = Text(en: "no job role", fi: "ei roolia", sv: "ingen roll")

  // MARK: - Days

  static let dailyTitle = Text(
    en: "Accesses a day by outcome", fi: "Käytöt päivittäin lopputuloksen mukaan", sv: "Åtkomster per dag efter utfall")
  static let dailySummary = Text(
    en: "Accesses: %; days: %; average a day: %; the most, %, on %.",
    fi: "Käyttöjä: %; päiviä: %; keskimäärin päivässä: %; eniten, %, päivänä %.",
    sv: "Åtkomster: %; dagar: %; i genomsnitt per dag: %; flest, %, den %.")
  static let bins = Text(
    en: "A bar stands for % days, the last one for what is left; the table has every day.",
    fi: "Pylväs kattaa % päivää, viimeinen loput; taulukossa on joka päivä.",
    sv: "En stapel står för % dagar, den sista för resten; tabellen har varje dag.")
  static let binsNarrow = Text(
    en: "A bar stands for days: % (on a narrow screen %), the last one for what is left; the table has every day.",
    fi: "Pylvään päiviä: % (kapealla näytöllä %), viimeisessä loput; taulukossa on joka päivä.",
    sv: "Dagar i en stapel: % (på en smal skärm %), i den sista resten; tabellen har varje dag.")

  /// An outcome in people's words.
  static func outcome(_ outcome: Outcome) -> Text {
    switch outcome {
    case .ok: Text(en: "allowed", fi: "sallittu", sv: "tillåten")
    case .denied: Text(en: "refused", fi: "evätty", sv: "nekad")
    case .failed: Text(en: "failed", fi: "epäonnistunut", sv: "misslyckad")
    case .breakGlass: Text(en: "emergency read", fi: "hätäluku", sv: "nödläsning")
    }
  }

  // MARK: - Hours

  static let heatTitle = Text(
    en: "Accesses by hour and weekday", fi: "Käytöt tunnin ja viikonpäivän mukaan",
    sv: "Åtkomster efter timme och veckodag")
  static let heatSummary = Text(
    en: "Most on % at %: %. On weekends %, at night (22–06) %. Time zone %.",
    fi: "Eniten % klo %: %. Viikonloppuisin %, öisin (22–06) %. Aikavyöhyke %.",
    sv: "Flest % kl. %: %. På veckoslut %, på natten (22–06) %. Tidszon %.")

  // MARK: - Employees

  static let peersTitle = Text(
    en: "Employees beside their peers", fi: "Työntekijät vertaistensa rinnalla", sv: "Medarbetare jämfört med kolleger")
  static let peersSummary = Text(
    en: "Employees with accesses: %; job roles: %; far above their peers: %.",
    fi: "Työntekijöitä, joilla on käyttöjä: %; rooleja: %; selvästi vertaistensa yläpuolella: %.",
    sv: "Medarbetare med åtkomster: %; roller: %; klart över sina kolleger: %.")
  static let peersReading = Text(
    en: """
      A dot is an employee, placed by accesses in the period. A diamond marks a modified z-score above 3.5 among at least \
      four of the same role: a reason to look, not a verdict.
      """,
    fi: """
      Piste on työntekijä, paikkana käyttöjen määrä ajanjaksolla. Vinoneliö merkitsee muokattua z-arvoa yli 3,5 vähintään \
      neljän samassa roolissa olevan joukossa: syy tarkistaa, ei tuomio.
      """,
    sv: """
      En punkt är en medarbetare, placerad efter åtkomster under perioden. En romb betyder ett modifierat z-värde över 3,5 \
      bland minst fyra i samma roll: ett skäl att se efter, ingen dom.
      """)
  static let logarithmic = Text(
    en: "The scale is logarithmic.", fi: "Asteikko on logaritminen.", sv: "Skalan är logaritmisk.")
  static let employee = Text(en: "Employee", fi: "Työntekijä", sv: "Medarbetare")
  static let nobody = Text(
    en: "no employee (the server itself, failed log-ins)",
    fi: "ei työntekijää (palvelin itse, epäonnistuneet kirjautumiset)",
    sv: "ingen medarbetare (servern själv, misslyckade inloggningar)")
  static let role = Text(en: "Job role", fi: "Rooli", sv: "Roll")
  static let median = Text(en: "Median of the role", fi: "Roolin mediaani", sv: "Rollens median")
  static let timesMedian = Text(en: "× median", fi: "× mediaani", sv: "× median")
  static let farAbove = Text(en: "far above peers", fi: "selvästi yli vertaisten", sv: "klart över kolleger")

  // MARK: - Words

  static let purposesTitle = Text(en: "Purposes", fi: "Käyttötarkoitukset", sv: "Ändamål")
  static let purpose = Text(en: "Purpose", fi: "Käyttötarkoitus", sv: "Ändamål")
  static let verbsTitle = Text(en: "Commands", fi: "Komennot", sv: "Kommandon")
  static let verb = Text(en: "Command", fi: "Komento", sv: "Kommando")
  static let rolesTitle = Text(en: "Job roles", fi: "Roolit", sv: "Roller")
  static let barSummary = Text(
    en: "Most often %: % (%). % in all.", fi: "Useimmin %: % (%). Kaikkiaan % eri.",
    sv: "Oftast %: % (%). Totalt % olika.")

  // MARK: - Refusals

  static let refusalsTitle = Text(
    en: "Refusals and their control limits", fi: "Epäykset ja niiden valvontarajat",
    sv: "Nekanden och deras styrgränser")
  static let refusalsSummary = Text(
    en: "Refusals: %, or % in a thousand accesses. Days beyond the limit: %.",
    fi: "Epäyksiä: %, eli % tuhatta käyttöä kohti. Rajan ylittäviä päiviä: %.",
    sv: "Nekanden: %, eller % per tusen åtkomster. Dagar över gränsen: %.")
  static let refusalsReading = Text(
    en: """
      A u-chart drawn as counts: the mean is the period's rate times the day's accesses, the limit three standard \
      deviations above, and at least one refusal.
      """,
    fi: """
      U-kortti lukumäärinä: keskiarvo on ajanjakson osuus kertaa päivän käytöt, raja kolme keskihajontaa sen yläpuolella ja \
      vähintään yksi epäys.
      """,
    sv: """
      Ett u-diagram ritat som antal: medelvärdet är periodens andel gånger dagens åtkomster, gränsen tre \
      standardavvikelser över, och minst ett nekande.
      """)
  static let fewDays = Text(
    en: "With so few days the limits say little.", fi: "Näin harvoista päivistä rajat kertovat vain vähän.",
    sv: "Med så få dagar säger gränserna inte mycket.")
  static let weeks = Text(
    en:
      "Where there is no room for every day a point stands for a week, and a diamond for one with a day beyond its limit.",
    fi: "Jos joka päivälle ei ole tilaa, piste on viikko ja vinoneliö viikko, jossa on rajan ylittävä päivä.",
    sv: "Där det inte finns plats för varje dag står en punkt för en vecka och en romb för en med en dag över gränsen.")
  static let expected = Text(en: "Expected (mean)", fi: "Odotettu (keskiarvo)", sv: "Väntat (medelvärde)")
  static let limit = Text(en: "Upper limit (3σ)", fi: "Yläraja (3σ)", sv: "Övre gräns (3σ)")
  static let beyond = Text(en: "beyond the limit", fi: "rajan yli", sv: "över gränsen")

  // MARK: - Accounts

  static let accountsTitle = Text(
    en: "Accounts by last use", fi: "Tilit viimeisen käytön mukaan", sv: "Konton efter senaste användning")
  static let accountsSummary = Text(
    en: "Accounts: %. Usable but unused for % days or more: %, of these never used: %. Disabled: %.",
    fi:
      "Tilejä: %. Käytettävissä mutta käyttämättä vähintään % päivää: %, niistä ei koskaan käytettyjä: %. Suljettuja: %.",
    sv: "Konton: %. Användbara men oanvända i % dagar eller mer: %, varav aldrig använda: %. Spärrade: %.")
  static let accountsUnknown = Text(
    en: "The server did not tell when accounts were last used.",
    fi: "Palvelin ei kertonut, milloin tilejä on viimeksi käytetty.",
    sv: "Servern berättade inte när konton senast användes.")
  static let longestUnused = Text(
    en: "The picture has the % longest unused; the table has all.",
    fi: "Kuvassa on % pisimpään käyttämättä ollutta; taulukossa kaikki.",
    sv: "Bilden har de % som varit oanvända längst; tabellen har alla.")
  static let account = Text(en: "Account", fi: "Tili", sv: "Konto")
  static let name = Text(en: "Name", fi: "Nimi", sv: "Namn")
  static let lastUse = Text(en: "Last use", fi: "Viimeisin käyttö", sv: "Senaste användning")
  static let daysSince = Text(en: "Days since", fi: "Päiviä siitä", sv: "Dagar sedan dess")
  static let dormant = Text(en: "dormant", fi: "pitkään käyttämättä", sv: "länge oanvänt")
  static let disabled = Text(en: "disabled", fi: "suljettu", sv: "spärrat")
  static let never = Text(en: "never", fi: "ei koskaan", sv: "aldrig")
  static let today = Text(en: "today", fi: "tänään", sv: "i dag")
  static let dayUnit = Text(en: "d", fi: "pv", sv: "d")
  static let daysAgo = Text(en: "% days ago", fi: "% päivää sitten", sv: "för % dagar sedan")
}
