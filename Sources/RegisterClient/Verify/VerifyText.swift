import Model

/// What `verify` says. `%` stands for a value.
enum VerifyText {
  static let good = Text(en: "GOOD", fi: "KUNNOSSA", sv: "OK")
  static let bad = Text(en: "BAD", fi: "EI KUNNOSSA", sv: "INTE OK")
  static let notChecked = Text(en: "NOT CHECKED", fi: "TARKISTAMATTA", sv: "INTE KONTROLLERAD")
  static let firstBad = Text(
    en: "The first bad entry has the index %.", fi: "Ensimmäisen virheellisen merkinnän indeksi on %.",
    sv: "Den första felaktiga posten har index %.")
  static let checkpoint = Text(
    en: "Checkpoint of %: % entries", fi: "Tarkistuspiste: %, % merkintää", sv: "Kontrollpunkt för %: % poster")
  static let root = Text(en: "root", fi: "juuri", sv: "rot")
  static let signed = Text(en: "signed by", fi: "allekirjoittaja", sv: "signerad av")

  static func title(_ kind: VerifyReport.Kind) -> Text {
    switch kind {
    case .tiles: Text(en: "a log as tiles", fi: "loki lohkoina", sv: "en logg som block")
    case .proof: Text(en: "proof of an entry", fi: "merkinnän todistus", sv: "bevis för en post")
    case .checkpoint: Text(en: "a checkpoint", fi: "tarkistuspiste", sv: "en kontrollpunkt")
    case .checkpoints: Text(en: "kept checkpoints", fi: "säilytetyt tarkistuspisteet", sv: "bevarade kontrollpunkter")
    case .consistency:
      Text(
        en: "proof that the log only grew", fi: "todistus, että loki vain kasvoi", sv: "bevis för att loggen bara växte"
      )
    case .export: Text(en: "an export of the log", fi: "lokin vienti", sv: "en export av loggen")
    }
  }

  // MARK: - Usage

  static let usage = Text(
    en: "Write: rekisteri verify DIR|FILE --key VKEY|@FILE … [--entry FILE] [--allow-missing-entries] [--json]",
    fi: "Kirjoita: rekisteri verify KANSIO|TIEDOSTO --key AVAIN|@TIEDOSTO … [--entry TIEDOSTO] "
      + "[--allow-missing-entries] [--json]",
    sv: "Skriv: rekisteri verify MAPP|FIL --key NYCKEL|@FIL … [--entry FIL] [--allow-missing-entries] [--json]")
  static let reportUsage = Text(
    en: "Write: rekisteri log report --since DAY [--until DAY] --out FILE.html",
    fi: "Kirjoita: rekisteri log report --since PÄIVÄ [--until PÄIVÄ] --out TIEDOSTO.html",
    sv: "Skriv: rekisteri log report --since DAG [--until DAG] --out FIL.html")
  static let noKey = Text(
    en: "Whose signature? Give the log's verifier key, as the operator gave it to you: --key VKEY or --key @log.vkey.",
    fi: "Kenen allekirjoitus? Anna lokin tarkistusavain, jonka sait ylläpitäjältä: --key AVAIN tai --key @log.vkey.",
    sv: "Vems signatur? Ange loggens verifieringsnyckel, som driften gav dig: --key NYCKEL eller --key @log.vkey.")
  static let misplaced = Text(
    en: "goes with another command only", fi: "kuuluu vain toiseen komentoon", sv: "hör bara till ett annat kommando")
  static let unknownFile = Text(
    en: "The file is no proof, checkpoint, row of log.prove, log.checkpoint or log.consistency, and no export with its "
      + "evidence beside it (FILE.evidence.json).",
    fi:
      "Tiedosto ei ole todistus, tarkistuspiste eikä komennon log.prove, log.checkpoint tai log.consistency rivi, eikä "
      + "vienti, jonka vieressä on sen todiste (TIEDOSTO.evidence.json).",
    sv: "Filen är inget bevis, ingen kontrollpunkt och ingen rad från log.prove, log.checkpoint eller log.consistency, "
      + "och ingen export med sitt bevis bredvid (FIL.evidence.json).")
  static let noLog = Text(
    en: "The folder holds no log: the file checkpoint is missing.",
    fi: "Kansiossa ei ole lokia: tiedosto checkpoint puuttuu.",
    sv: "Mappen innehåller ingen logg: filen checkpoint saknas.")
  static let badEvidence = Text(
    en: "The evidence beside the export is not what log.export writes.",
    fi: "Viennin vieressä oleva todiste ei ole log.export-komennon kirjoittama.",
    sv: "Beviset bredvid exporten är inte vad log.export skriver.")

  // MARK: - Facts

  static let entries = Text(
    en: "% entries were looked at: hashed, and compared with the signed tree.",
    fi: "Käytiin läpi % merkintää: tiivistettiin ja verrattiin allekirjoitettuun puuhun.",
    sv: "% poster gicks igenom: hashades och jämfördes med det signerade trädet.")
  static let missing = Text(
    en: "Entries % to % are not there; their hashes are, and fit.",
    fi: "Merkinnät %–% puuttuvat; niiden tiivisteet ovat tallessa ja täsmäävät.",
    sv: "Posterna % till % finns inte; deras hashar finns, och stämmer.")
  static let missingHint = Text(
    en: "Where the months past their retention are to be missing, add --allow-missing-entries.",
    fi: "Jos säilytysajan ylittäneet kuukaudet saavat puuttua, lisää --allow-missing-entries.",
    sv: "Om månader efter sin lagringstid får saknas, lägg till --allow-missing-entries.")
  static let stopped = Text(
    en: "There are more problems; looking stopped here.", fi: "Virheitä on enemmän; tarkistus lopetettiin tähän.",
    sv: "Det finns fler fel; kontrollen slutade här.")
  static let inLog = Text(
    en: "The entry stands in the log, at index %.", fi: "Merkintä on lokissa, indeksissä %.",
    sv: "Posten finns i loggen, vid index %.")
  static let noEntry = Text(
    en: "Only the form and the signature were verified, not the entry at index %: give it with --entry FILE.",
    fi: "Vain muoto ja allekirjoitus tarkistettiin, ei indeksin % merkintää: anna se valitsimella --entry TIEDOSTO.",
    sv: "Bara formen och signaturen kontrollerades, inte posten vid index %: ange den med --entry FIL.")
  static let onlySignature = Text(
    en: "This is the signature only; entries are verified with an export as tiles, or with their proofs.",
    fi: "Tämä on pelkkä allekirjoitus; merkinnät tarkistetaan lohkoina viedystä lokista tai todistuksistaan.",
    sv: "Detta är bara signaturen; poster verifieras med en export som block, eller med sina bevis.")
  static let grew = Text(
    en: "The log of % entries begins with the whole log of % entries whose root is %.",
    fi: "Loki, jossa on % merkintää, alkaa koko sillä lokilla, jossa oli % merkintää ja jonka juuri on %.",
    sv: "Loggen med % poster börjar med hela loggen med % poster vars rot är %.")
  static let notGrew = Text(
    en: "It is not proved that the log of % entries begins with the one of % entries.",
    fi: "Ei ole todistettu, että loki, jossa on % merkintää, alkaa lokilla, jossa oli % merkintää.",
    sv: "Det är inte bevisat att loggen med % poster börjar med den med % poster.")
  static let notes = Text(
    en: "% checkpoints, each signed; the sizes only grow.",
    fi: "% tarkistuspistettä, kukin allekirjoitettu; koot vain kasvavat.",
    sv: "% kontrollpunkter, alla signerade; storlekarna bara växer.")
  static let shrank = Text(
    en: "Checkpoint % has % entries, fewer than the one before it, %.",
    fi: "Tarkistuspisteessä % on % merkintää, vähemmän kuin edellisessä, %.",
    sv: "Kontrollpunkt % har % poster, färre än den före, %.")
  static let twoRoots = Text(
    en: "Checkpoint % has another root for the same % entries than the one before it.",
    fi: "Tarkistuspisteellä % on samoille % merkinnälle eri juuri kuin edellisellä.",
    sv: "Kontrollpunkt % har en annan rot för samma % poster än den före.")
  static let atNote = Text(en: "Checkpoint %: %", fi: "Tarkistuspiste %: %", sv: "Kontrollpunkt %: %")
  static let differs = Text(
    en: "%: the evidence says %, the file has %", fi: "%: todisteessa %, tiedostossa %",
    sv: "%: beviset säger %, filen har %")
  static let asExported = Text(
    en: "The file is what was exported: % rows, % bytes, sha256 %.",
    fi: "Tiedosto on se, joka vietiin: % riviä, % tavua, sha256 %.",
    sv: "Filen är den som exporterades: % rader, % byte, sha256 %.")
  static let evidenceLimits = Text(
    en:
      "The evidence itself is not signed, only its checkpoint: log.prove proves a single row, tiles the whole log.",
    fi:
      "Todiste itse ei ole allekirjoitettu, vain sen tarkistuspiste: yksittäisen rivin todistaa log.prove, koko lokin "
      + "vienti lohkoina.",
    sv:
      "Beviset självt är inte signerat, bara dess kontrollpunkt: en enskild rad bevisas med log.prove, hela "
      + "loggen med block."
  )
  static let exportedAt = Text(
    en: "Exported % by user %.", fi: "Viety %, käyttäjä %.", sv: "Exporterad % av användare %.")
}

extension Text {
  /// The words in all languages with each `%` in turn replaced by a value; values may be words themselves.
  func with(_ values: Text...) -> Text {
    func fill(_ language: Language) -> String {
      var rest = values[...]
      return String(self[language].flatMap { $0 == "%" ? Array(rest.popFirst()?[language] ?? "%") : [$0] })
    }
    return Text(en: fill(.english), fi: fill(.finnish), sv: fill(.swedish))
  }

  /// The same text in every language.
  static func plain(_ text: some CustomStringConvertible) -> Text {
    Text(en: text.description, fi: text.description, sv: text.description)
  }
}
