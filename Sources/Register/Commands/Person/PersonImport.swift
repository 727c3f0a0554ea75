import Crypto
import Custody
import Model
import Postgres
import Wire

/// Takes in a file of persons: checks every row, reports each bad one, and stores all good ones in one transaction.
struct PersonImport: RegisterCommand {
  private static let formats = ["csv", "ndjson"]

  static let spec = CommandSpec(
    verb: "person.import",
    summary: Text(
      en: "Import persons from a file; rows that will not do are reported.",
      fi: "Tuo henkilöitä tiedostosta; kelpaamattomat rivit luetellaan.",
      sv: "Importera personer från en fil; rader som inte duger rapporteras."),
    parameters: [
      .init(
        "format", .word(formats), required: true, personal: false,
        Text(en: "the file's form", fi: "tiedoston muoto", sv: "filens format")),
      .init(
        "dry-run", .flag, required: false, personal: false,
        Text(en: "only check", fi: "vain tarkista", sv: "endast kontroll")),
    ] + PersonParameters.source,
    columns: [
      .init("row", personal: false), .init("column", personal: false), .init("code", personal: false),
      .init("msg", personal: false), .init("id", personal: false),
    ],
    permission: .object(.personImport, .write), purpose: .required, effect: .write, log: .perPerson,
    approval: .sometimes(.sentAgain), timeLimitMilliseconds: Limits.importMilliseconds)

  private let format: String
  private let isDryRun: Bool
  private let defaults: ImportDefaults

  init(_ arguments: inout Arguments) throws(RegisterError) {
    format = try arguments.requiredWord("format") { Self.formats.contains($0) ? $0 : nil }
    isDryRun = try arguments.flag("dry-run")
    var defaults = ImportDefaults()
    defaults.source = try arguments.word("source") { DataSource(name: $0) }
    defaults.sourceNote = try arguments.text("source-note").map { text throws(RegisterError) in
      try ShortText.parse(text, parameter: "source-note")
    }
    self.defaults = defaults
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let batch = try await read(call)
    // Reading took its time, and a file is fed only once: where the rules changed meanwhile it is decided anew here.
    for _ in 0..<5 {
      do {
        return try await takeIn(batch, call, try call.permitAgain())
      } catch is StaleEpoch {
        try await call.custody.reloadRules()
      }
    }
    throw RegisterError.conflictState(
      Text(en: "The rules are changing.", fi: "Säännöt muuttuvat.", sv: "Reglerna ändras."))
  }

  private func takeIn(_ batch: Batch, _ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let language = call.context.language
    let most = call.services.settings.importApprovalAbove
    if isDryRun || batch.rows.count > most {
      let epoch = try await call.store.epoch()
      let candidates = try await ImportMatches.Candidates(batch.rows, call.directory) { try await call.store.run($0) }
      var readable: [PersonID: FieldSet] = [:]
      for header in candidates.headers { readable[header.id] = permit.fields(of: header, .read) }
      let matches = ImportMatches(candidates, readable: readable)
      guard isDryRun else {
        if matches.fresh.count > most { try permit.requireApproval(Self.approvalNeeded(batch, matches)) }
        return try await store(batch, call, permit)
      }
      var summary = ImportSummary(batch, matches, isDryRun: true)
      summary.organisations = try await ImportStorage.organisations(matches.fresh, call.directory) {
        try await call.store.run($0)
      }.added.count
      let receipt = try await call.custody.disclosure(permit).record(naming: matches.persons, epoch: epoch)
      for row in summary.rows(language) { try await call.port.send(Reply.row(row, receipt)) }
      return Reply.done(summary.object, code: summary.code, receipt)
    }
    return try await store(batch, call, permit)
  }

  private func store(_ batch: Batch, _ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let language = call.context.language
    return try await call.commitWithOrganisations(permit) { change in
      try await ImportStorage.takeTurn(change, call)
      let candidates = try await ImportMatches.Candidates(batch.rows, call.directory) {
        try await change.transaction.run($0).results
      }
      let readable = candidates.headers.map { ($0.id, change.readable($0)) }
      let matches = ImportMatches(candidates, readable: Dictionary(uniqueKeysWithValues: readable))
      for person in matches.persons { change.note(person) }
      let organisations = try await ImportStorage.store(matches.fresh, change, call)
      var summary = ImportSummary(batch, matches, isDryRun: false)
      summary.organisations = organisations.count
      return (.init(rows: summary.rows(language), object: summary.object, code: summary.code), organisations)
    }
  }

  /// The second person whom a file that changes many persons needs: what they agree to is told by counts, and bound by
  /// the hash of all that was fed.
  private static func approvalNeeded(_ batch: Batch, _ matches: ImportMatches) -> ApprovalNeeded {
    ApprovalNeeded(
      .personImport,
      showing: [
        "total": .int(Int64(batch.total)), "persons": .int(Int64(matches.fresh.count)),
        "refused": .int(Int64(batch.refusedRows)), "duplicates": .int(Int64(matches.duplicates.count)),
      ], inputDigest: batch.digest)
  }

  /// What was read of a file.
  fileprivate struct Batch {
    /// SHA-256 of all that was fed: of CSV the text in UTF-8, of NDJSON each object as the server writes it and a newline.
    var digest: [UInt8] = []
    var rows: [ImportRow] = []
    var problems: [RowProblem] = []
    var refusedRows = 0
    var total = 0

    mutating func take(_ outcomes: [ImportOutcome]) throws(RegisterError) {
      for outcome in outcomes {
        switch outcome {
        case .row(let row): rows.append(row)
        case .refused(let found):
          problems += found
          refusedRows += 1
        case .blank: continue
        }
        total += 1
      }
      guard total <= Limits.importRowsMax else {
        throw RegisterError(
          "limit/quota",
          Text(en: "The file has too many rows.", fi: "Tiedostossa on liikaa rivejä.", sv: "Filen har för många rader.")
        )
      }
    }
  }

  private func read(_ call: Call) async throws -> Batch {
    var batch = Batch()
    var csv = CSVImport(defaults: defaults)
    var bytes = 0
    var told = 0
    var hash = SHA256()
    while let feed = try await call.port.nextFeed() {
      if format == "csv" {
        guard let piece = feed.string else { throw RegisterError.invalid("rows", Self.noPiece) }
        bytes += piece.utf8.count
        guard bytes <= Limits.importBytesMax else { throw RegisterError.invalid("rows", Self.tooLarge) }
        hash.update(data: Array(piece.utf8))
        try batch.take(try csv.feed(piece))
      } else {
        guard feed.object != nil else { throw RegisterError.invalid("rows", Self.noObject) }
        hash.update(data: feed.encoded() + [0x0A])
        try batch.take([JSONRows.outcome(row: batch.total + 1, feed, defaults: defaults)])
      }
      if batch.total - told >= 1000 {
        told = batch.total
        try await call.port.progress(done: told, total: nil)
      }
    }
    if format == "csv" { try batch.take(try csv.finish()) }
    batch.digest = Array(hash.finalize())
    try await call.port.progress(done: batch.total, total: batch.total)
    return batch
  }

  private static let noPiece = Text(
    en: "CSV comes as JSON strings.", fi: "CSV lähetetään JSON-merkkijonoina.", sv: "CSV skickas som JSON-strängar.")
  private static let noObject = Text(
    en: "NDJSON comes as one object a row.", fi: "NDJSON lähetetään olioina, yksi riviä kohti.",
    sv: "NDJSON skickas som ett objekt per rad.")
  private static let tooLarge = Text(
    en: "The file is too large.", fi: "Tiedosto on liian suuri.", sv: "Filen är för stor.")
}

/// What an import says of itself.
struct ImportSummary {
  var total: Int
  var taken: Int
  var refused: Int
  var duplicates: [Int]
  var problems: [RowProblem]
  var isDryRun: Bool
  var organisations = 0

  fileprivate init(_ batch: PersonImport.Batch, _ matches: ImportMatches, isDryRun: Bool) {
    total = batch.total
    taken = matches.fresh.count
    refused = batch.refusedRows
    duplicates = matches.duplicates
    problems = batch.problems
    self.isDryRun = isDryRun
  }

  /// A line for each problem and each duplicate, in the order of the file.
  func rows(_ language: Language) -> [JSONObject] {
    let bad: [(Int, JSONObject)] = problems.map {
      (
        $0.row,
        [
          "row": .int(Int64($0.row)), "column": .string($0.column), "code": .string($0.code),
          "msg": .string($0.reason[language]),
        ]
      )
    }
    let known: [(Int, JSONObject)] = duplicates.map {
      (
        $0,
        [
          "row": .int(Int64($0)), "column": .null, "code": "exists",
          "msg": .string(RegisterError.exists.message[language]),
        ]
      )
    }
    return (bad + known).sorted { $0.0 < $1.0 }.map(\.1)
  }

  var object: JSONObject {
    var object: JSONObject = [
      "total": .int(Int64(total)), "imported": .int(Int64(isDryRun ? 0 : taken)),
      "refused": .int(Int64(refused)), "duplicates": .int(Int64(duplicates.count)),
      "organisations": .int(Int64(isDryRun ? 0 : organisations)),
      "rows": .int(Int64(problems.count + duplicates.count)),
    ]
    if isDryRun {
      object["dry-run"] = true
      object["would-import"] = .int(Int64(taken))
      object["would-add-organisations"] = .int(Int64(organisations))
    }
    return object
  }

  var code: String { refused == 0 ? "done" : "done/partial" }
}
