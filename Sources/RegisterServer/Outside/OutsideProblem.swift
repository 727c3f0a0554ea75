import Model

/// Why a place outside does not have the log's newest checkpoint.
enum OutsideProblem: Error, Sendable, Equatable {
  /// No answer came.
  case away(String)
  /// An answer that the protocol does not know.
  case status(Int)
  /// 404
  case unknownLog
  /// 403
  case unknownKey
  /// 400
  case notUnderstood
  /// An answer that is not of its form.
  case malformed
  /// No line of the answer is by the witness's key.
  case noCosignature
  /// A line by the witness's key does not verify.
  case badCosignature
  /// The place holds a checkpoint of `seen` entries, and the log has `has` of them.
  case rolledBack(seen: Int64, has: Int64)
  /// The log does not go on from the one of so many entries that the place holds.
  case forked(Int64)
  /// A file cannot be written or read.
  case storage(String)
  /// The log itself cannot be read.
  case log(String)

  /// Whether the log is not the one that was seen before: somebody must look.
  var isAlarm: Bool {
    switch self {
    case .rolledBack, .forked: true
    default: false
    }
  }

  /// What to tell people.
  var text: Text {
    switch self {
    case .away(let why):
      Text(en: "it does not answer: \(why)", fi: "se ei vastaa: \(why)", sv: "det svarar inte: \(why)")
    case .status(let status):
      Text(
        en: "it answers with status \(status)", fi: "se vastaa tilakoodilla \(status)",
        sv: "det svarar med statuskoden \(status)")
    case .unknownLog:
      Text(
        en: "it does not know this log (404)", fi: "se ei tunne tätä lokia (404)", sv: "det känner inte loggen (404)")
    case .unknownKey:
      Text(
        en: "it does not know the log's key (403)", fi: "se ei tunne lokin avainta (403)",
        sv: "det känner inte loggens nyckel (403)")
    case .notUnderstood:
      Text(
        en: "it does not understand the checkpoint (400)", fi: "se ei ymmärrä tarkistuspistettä (400)",
        sv: "det förstår inte kontrollpunkten (400)")
    case .malformed:
      Text(
        en: "its answer is malformed", fi: "sen vastaus on virheellinen", sv: "dess svar är felaktigt")
    case .noCosignature:
      Text(
        en: "its answer holds no cosignature by its key", fi: "sen vastauksessa ei ole sen avaimen allekirjoitusta",
        sv: "dess svar saknar en signatur med dess nyckel")
    case .badCosignature:
      Text(
        en: "its cosignature does not verify", fi: "sen allekirjoitus ei ole oikea", sv: "dess signatur stämmer inte")
    case .rolledBack(let seen, let has):
      Text(
        en:
          "it has seen a log of \(seen) entries, and this one has \(has): the database was put back to an older state",
        fi:
          "se on nähnyt \(seen) merkinnän lokin, ja tässä niitä on \(has): tietokanta on palautettu vanhempaan tilaan",
        sv:
          "det har sett en logg med \(seen) poster, och denna har \(has): databasen har återställts till ett äldre läge"
      )
    case .forked(let size):
      Text(
        en: "it has seen another log of \(size) entries than this one: the log was rewritten",
        fi: "se on nähnyt toisen \(size) merkinnän lokin kuin tämä: loki on kirjoitettu uudelleen",
        sv: "det har sett en annan logg med \(size) poster än denna: loggen har skrivits om")
    case .storage(let why): Text(en: why, fi: why, sv: why)
    case .log(let why):
      Text(en: "the log cannot be read: \(why)", fi: "lokia ei voi lukea: \(why)", sv: "loggen kan inte läsas: \(why)")
    }
  }
}
