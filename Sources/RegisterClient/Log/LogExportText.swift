import Model

/// What `log.export` says. `%` stands for a value.
enum LogExportText {
  static let placeNeeded = Text(
    en: "Tiles become a folder: add --out FOLDER.", fi: "Lohkoista tulee kansio: lisää --out KANSIO.",
    sv: "Block blir en mapp: lägg till --out MAPP.")
  static let isThere = Text(
    en: "% is there already: an export is never written over another file.",
    fi: "% on jo olemassa: vientiä ei koskaan kirjoiteta toisen tiedoston päälle.",
    sv: "% finns redan: en export skrivs aldrig över en annan fil.")
  static let evidence = Text(en: "Evidence:", fi: "Todiste:", sv: "Bevis:")
  static let files = Text(en: "files", fi: "tiedostoa", sv: "filer")
  static let changed = Text(
    en: "What arrived is not what the server says it sent, so it was not kept.",
    fi: "Saapunut ei ole se, minkä palvelin sanoo lähettäneensä, joten sitä ei säilytetty.",
    sv: "Det som kom är inte vad servern säger att den sände, så det sparades inte.")
  static let badPath = Text(
    en: "The server named a file that is no part of a log, so nothing was kept:",
    fi: "Palvelin nimesi tiedoston, joka ei kuulu lokiin, joten mitään ei säilytetty:",
    sv: "Servern namngav en fil som inte hör till en logg, så inget sparades:")
  static let badCheckpoint = Text(
    en: "The checkpoint in the evidence is not signed by the key that you trust: %.",
    fi: "Todisteen tarkistuspistettä ei ole allekirjoittanut avain, johon luotat: %.",
    sv: "Kontrollpunkten i beviset är inte signerad med nyckeln som du litar på: %.")
  static let unverified = Text(
    en: "Not verified, since no key of the log is known here: rekisteri verify % --key VKEY",
    fi: "Ei tarkistettu, koska lokin avainta ei tunneta: rekisteri verify % --key AVAIN",
    sv: "Inte verifierat, eftersom ingen nyckel till loggen är känd här: rekisteri verify % --key NYCKEL")

  static func notEmpty(_ path: String) -> Text {
    let path = ValueText.oneLine(path)
    return Text(
      en: "There is something at \(path) already; name a folder that is new or empty.",
      fi: "Paikassa \(path) on jo jotain; anna uusi tai tyhjä kansio.",
      sv: "Det finns redan något på \(path); ange en ny eller tom mapp.")
  }
  static func badPath(_ path: String) -> Text {
    let shown = ValueText.oneLine(String(path.prefix(120)))
    return Text(en: "\(badPath.en) \(shown)", fi: "\(badPath.fi) \(shown)", sv: "\(badPath.sv) \(shown)")
  }
}
