import Model

/// What the verifiers of the access log say in English, in the user's language.
enum FaultWords {
  /// The words of a reason or problem; as they are where they are not known here.
  static func of(_ reason: String, _ language: Language) -> String {
    guard language != .english else { return reason }
    // A problem of a log is `PATH: PROBLEM (first bad index N)`.
    if let values = match(reason, "%: % (first bad index %)") {
      let words = phrase(values[1], language) ?? values[1]
      return "\(values[0]): \(words) (\(firstBad.filled(language, values[2])))"
    }
    if let values = match(reason, "checkpoint: %") {
      return "checkpoint: " + (phrase(values[0], language) ?? values[0])
    }
    return phrase(reason, language) ?? reason
  }

  private static func phrase(_ text: String, _ language: Language) -> String? {
    for known in phrases {
      guard let values = match(text, known.en) else { continue }
      var rest = values[...]
      return String(known[language].flatMap { $0 == "%" ? Array(rest.popFirst() ?? "") : [$0] })
    }
    return nil
  }

  /// What stands for each `%` of a pattern; nil where the text is not of its form.
  static func match(_ text: String, _ pattern: String) -> [String]? {
    let parts = pattern.split(separator: "%", omittingEmptySubsequences: false)
    guard let first = parts.first, text.hasPrefix(first) else { return nil }
    var rest = text.dropFirst(first.count)
    var values: [String] = []
    for (number, part) in parts.dropFirst().enumerated() {
      if number == parts.count - 2 {
        guard rest.hasSuffix(part) else { return nil }
        values.append(String(rest.dropLast(part.count)))
        return values
      }
      guard let range = rest.firstRange(of: part) else { return nil }
      values.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return rest.isEmpty ? values : nil
  }

  private static let firstBad = Text(
    en: "first bad index %", fi: "ensimmäinen virheellinen indeksi %", sv: "första felaktiga index %")

  private static func text(_ en: String, _ fi: String, _ sv: String) -> Text { Text(en: en, fi: fi, sv: sv) }

  /// Every one has as many `%` in each language, in the same order; the longer of two that both fit stands first.
  static let phrases: [Text] = [
    text("missing", "puuttuu", "saknas"),
    text("has % bytes, % are needed", "on % tavua, tarvitaan %", "har % byte, % behövs"),
    text("ends early", "loppuu kesken", "slutar för tidigt"),
    text("ends within an entry", "loppuu merkinnän keskelle", "slutar mitt i en post"),
    text(
      "goes on after its % entries", "jatkuu vielä % merkintänsä jälkeen", "fortsätter efter sina % poster"),
    text(
      "entry % does not have its hash in %, nor do % more of this bundle",
      "merkinnän % tiiviste ei ole sama kuin tiedostossa %, ja lisäksi % muun samassa niputuksessa",
      "posten % har inte sin hash i %, och inte heller % andra i samma bunt"),
    text(
      "entry % does not have its hash in %", "merkinnän % tiiviste ei ole sama kuin tiedostossa %",
      "posten % har inte sin hash i %"),
    text("hash % is not the root of %", "tiiviste % ei ole tiedoston % juuri", "hash % är inte roten av %"),
    text(
      "the hashes give another root than the signed one of size %",
      "tiivisteistä tulee eri juuri kuin allekirjoitettu kokoa %",
      "hasharna ger en annan rot än den signerade av storlek %"),
    text(
      "none of the given keys signed the checkpoint",
      "mikään annetuista avaimista ei ole allekirjoittanut tarkistuspistettä",
      "ingen av de angivna nycklarna har signerat kontrollpunkten"),
    text("the signature of % is not good", "allekirjoitus % ei kelpaa", "signaturen av % är inte giltig"),
    text("not UTF-8", "ei ole UTF-8", "är inte UTF-8"),
    text("there is no note", "allekirjoitettu teksti puuttuu", "den signerade texten saknas"),
    text(
      "the note is too long or not UTF-8", "teksti on liian pitkä tai ei ole UTF-8",
      "texten är för lång eller inte UTF-8"),
    text("the note is too long", "teksti on liian pitkä", "texten är för lång"),
    text("the note has control characters", "tekstissä on ohjausmerkkejä", "texten har styrtecken"),
    text(
      "the note has no blank line before its signatures", "tyhjä rivi puuttuu allekirjoitusten edeltä",
      "den tomma raden före signaturerna saknas"),
    text(
      "the note does not end with a signature line", "lopussa ei ole allekirjoitusriviä",
      "texten slutar inte med en signaturrad"),
    text("the note has too many signatures", "allekirjoituksia on liikaa", "signaturerna är för många"),
    text("the note has a malformed signature line", "allekirjoitusrivi on viallinen", "en signaturrad är felaktig"),
    text(
      "the note has a signature line twice", "sama allekirjoitusrivi on kahdesti",
      "samma signaturrad finns två gånger"),
    text(
      "the checkpoint has not three lines of text", "tarkistuspisteessä ei ole kolmea riviä",
      "kontrollpunkten har inte tre rader"),
    text("the checkpoint has an empty line", "tarkistuspisteessä on tyhjä rivi", "kontrollpunkten har en tom rad"),
    text(
      "the checkpoint's size is not a plain number", "tarkistuspisteen koko ei ole luku",
      "kontrollpunktens storlek är inget tal"),
    text(
      "the checkpoint's root is not 32 bytes in base64", "tarkistuspisteen juuri ei ole 32 tavua base64-muodossa",
      "kontrollpunktens rot är inte 32 byte i base64"),
    text(
      "the checkpoint has a root for no entries", "tyhjän lokin tarkistuspisteessä on juuri",
      "kontrollpunkten har en rot fast loggen är tom"),
    text(
      "index % is not below the checkpoint's size, %", "indeksi % ei ole pienempi kuin tarkistuspisteen koko, %",
      "index % är inte mindre än kontrollpunktens storlek, %"),
    text(
      "the proof has % hashes, % are needed", "todistuksessa on % tiivistettä, tarvitaan %",
      "beviset har % hashar, % behövs"),
    text(
      "the entry is not the one at index % of the log", "merkintä ei ole lokin indeksissä % oleva",
      "posten är inte den som finns vid index % i loggen"),
    text("the proof is too long", "todistus on liian pitkä", "beviset är för långt"),
    text("the proof has too many hashes", "todistuksessa on liikaa tiivisteitä", "beviset har för många hashar"),
    text("this is no proof of the kind %", "tämä ei ole lajin % todistus", "detta är inget bevis av typen %"),
    text(
      "the proof's index is not a plain number", "todistuksen indeksi ei ole luku", "bevisets index är inget tal"),
    text(
      "the proof's extra data is not base64", "todistuksen lisätieto ei ole base64-muodossa",
      "bevisets extradata är inte base64"),
    text(
      "a hash of the proof is not 32 bytes in base64", "todistuksen tiiviste ei ole 32 tavua base64-muodossa",
      "en hash i beviset är inte 32 byte i base64"),
  ]
}
