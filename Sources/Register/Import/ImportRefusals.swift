import Model

/// Why a whole file is refused.
enum ImportRefusals {
  static let header = RegisterError.invalid(
    "header",
    Text(
      en: "The first line is no header line of column names.", fi: "Ensimmäinen rivi ei ole sarakkeiden otsikkorivi.",
      sv: "Den första raden är ingen rubrikrad med kolumnnamn."))

  static let noNameColumn = RegisterError.invalid(
    "header",
    Text(
      en: "The file has no column for a person's name.", fi: "Tiedostossa ei ole saraketta henkilön nimelle.",
      sv: "Filen har ingen kolumn för en persons namn."))

  static func unknownColumn(_ number: Int) -> RegisterError {
    .invalid(
      "header",
      Text(
        en: "Column \(number) has a name that the register does not know.",
        fi: "Sarakkeella \(number) on otsikko, jota rekisteri ei tunne.",
        sv: "Kolumn \(number) har en rubrik som registret inte känner till."))
  }

  static func repeatedColumn(_ number: Int) -> RegisterError {
    .invalid(
      "header",
      Text(
        en: "Column \(number) holds the same as an earlier column.",
        fi: "Sarakkeessa \(number) on sama tieto kuin aiemmassa sarakkeessa.",
        sv: "Kolumn \(number) innehåller samma uppgift som en tidigare kolumn."))
  }

  static func openQuote(row: Int) -> RegisterError {
    .invalid(
      "file",
      Text(
        en: "A quotation mark that opens in row \(row) is never closed.",
        fi: "Rivillä \(row) alkava lainausmerkki ei sulkeudu.",
        sv: "Ett citattecken som öppnas på rad \(row) stängs aldrig."))
  }

  static let tooManyRows = RegisterError(
    "limit/quota",
    Text(
      en: "A file may have at most \(Limits.importRowsMax) rows.",
      fi: "Tiedostossa saa olla enintään \(Limits.importRowsMax) riviä.",
      sv: "En fil får ha högst \(Limits.importRowsMax) rader."))

  static let tooManyBytes = RegisterError(
    "limit/quota",
    Text(
      en: "A file may have at most \(Limits.importBytesMax) bytes.",
      fi: "Tiedostossa saa olla enintään \(Limits.importBytesMax) tavua.",
      sv: "En fil får ha högst \(Limits.importBytesMax) byte."))
}
