import Model

/// Why a finding is worth a look, and what it may innocently be.
enum FindingWords {
  static func bulk(_ persons: Int64, _ baseline: Baseline?, _ peers: Double?) -> Text {
    let own = baseline.map { whole($0.median) }
    let others = peers.map(whole)
    return Text(
      en: "\(persons) persons in a day" + (own.map { "; usually \($0)" } ?? "")
        + (others.map { "; colleagues \($0)" } ?? "") + ". It may be a campaign, a clean-up or a day of stand-ins.",
      fi: "\(persons) henkilöä päivässä" + (own.map { "; tavallisesti \($0)" } ?? "")
        + (others.map { "; työtoverit \($0)" } ?? "")
        + ". Syy voi olla kampanja, tietojen siivous tai sijaistaminen.",
      sv: "\(persons) personer på en dag" + (own.map { "; vanligen \($0)" } ?? "")
        + (others.map { "; kollegor \($0)" } ?? "") + ". Det kan vara en kampanj, en rensning eller ett vikariat.")
  }

  static func hours(_ count: Int64, _ settings: AnomalySettings) -> Text {
    Text(
      en: "\(count) accesses to persons outside working hours. It may be overtime, a duty or travel.",
      fi: "\(count) käsittelyä työajan ulkopuolella. Syy voi olla ylityö, päivystys tai matka.",
      sv: "\(count) åtkomster utanför arbetstid. Det kan vara övertid, jour eller en resa.")
  }

  static func repeated(_ count: Int) -> Text {
    Text(
      en: "The same person \(count) times without a case. It may be a long matter whose case was not named.",
      fi: "Sama henkilö \(count) kertaa ilman asiaa. Syy voi olla pitkä asia, jota ei nimetty.",
      sv: "Samma person \(count) gånger utan ärende. Det kan vara ett långt ärende som inte angavs.")
  }

  static func refusals(_ count: Int64) -> Text {
    Text(
      en: "\(count) refusals in a day. It may be a new task, a role that changed or a program set up wrongly.",
      fi: "\(count) torjuntaa päivässä. Syy voi olla uusi tehtävä, muuttunut rooli tai väärin asetettu ohjelma.",
      sv: "\(count) avslag på en dag. Det kan vara en ny uppgift, en ändrad roll eller ett felinställt program.")
  }

  static func dormant(_ days: Int64) -> Text {
    Text(
      en: "The account was quiet for \(days) days. It may be a return from leave.",
      fi: "Tiliä ei käytetty \(days) päivään. Syy voi olla paluu vapaalta.",
      sv: "Kontot var oanvänt i \(days) dagar. Det kan vara en återkomst från ledighet.")
  }

  static func walk(_ count: Int) -> Text {
    Text(
      en:
        "\(count) persons one after another in the order in which they were added. It may be a check of a new import.",
      fi: "\(count) henkilöä peräkkäin lisäysjärjestyksessä. Syy voi olla uuden tuonnin tarkistus.",
      sv: "\(count) personer efter varandra i den ordning de lades till. Det kan vara en kontroll av en ny import.")
  }

  static func name(_ kind: AnomalyKind) -> Text {
    switch kind {
    case .own:
      Text(
        en: "The person's name is the employee's own, or nearly. It may be somebody else of that name.",
        fi: "Henkilön nimi on työntekijän oma tai melkein sama. Kyse voi olla samannimisestä.",
        sv: "Personens namn är den anställdas eget, eller nästan. Det kan vara någon annan med det namnet.")
    case .colleague:
      Text(
        en: "The person's name is a colleague's, or nearly. It may be somebody else of that name, or a customer too.",
        fi: "Henkilön nimi on työtoverin tai melkein sama. Kyse voi olla samannimisestä tai asiakkaasta.",
        sv: "Personens namn är en kollegas, eller nästan. Det kan vara någon annan med det namnet, eller en kund.")
    default:
      Text(
        en: "The person has the employee's surname, which few have. It may be chance.",
        fi: "Henkilöllä on työntekijän harvinainen sukunimi. Kyse voi olla sattumasta.",
        sv: "Personen har den anställdas ovanliga efternamn. Det kan vara en slump.")
    }
  }

  private static func whole(_ value: Double) -> String { String(Int64(value.rounded())) }
}
