import Custody
import Model
import Wire

/// Tells how search words look in the log, month by month, and how many entries have them.
struct LogHash: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.hash",
    summary: Text(
      en: "Tell how search words are hashed in the access log, and how often they were searched.",
      fi: "Kerro hakusanojen tiivisteet käyttölokissa ja montako kertaa niitä on haettu.",
      sv: "Berätta hur sökord hashas i åtkomstloggen och hur ofta de har sökts."),
    parameters: [
      .init(
        "text", .text, required: true, personal: true,
        Text(
          en: "the search words as typed", fi: "hakusanat sellaisina kuin ne kirjoitettiin",
          sv: "sökorden som de skrevs"))
    ],
    columns: ["month", "hash", "entries", "first", "last"].map { ColumnSpec($0, personal: false) },
    permission: .object(.log, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: 6 * Limits.commandMilliseconds)

  private let text: String

  init(_ arguments: inout Arguments) throws(RegisterError) {
    text = try arguments.required("text")
    guard text.unicodeScalars.count <= Limits.searchTextScalarsMax, !Folding.fold(text).isEmpty else {
      throw .invalid(
        "text",
        Text(
          en: "Search words have 1 to \(Limits.searchTextScalarsMax) characters, a letter or digit among them.",
          fi: "Hakusanoissa on 1–\(Limits.searchTextScalarsMax) merkkiä, ainakin yksi kirjain tai numero.",
          sv: "Sökord har 1–\(Limits.searchTextScalarsMax) tecken, minst en bokstav eller siffra."))
    }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let (custody, text) = (call.custody, text)
    let hashes = try await Blocking.run { try custody.searchHashes(text, at: .now()) }
    try await custody.sequencer.catchUp(deadline: call.context.deadline)
    let (found, epoch) = try await call.store.logHashes(hashes, deadline: call.context.deadline)
    let rows: [JSONObject] = zip(hashes, found).map { hash, found in
      [
        "month": .string(Self.name(ofMonth: hash.month)), "hash": .string(Hex.encode(hash.hash)),
        "entries": .int(found.count), "first": found.first.map { .int($0) } ?? .null,
        "last": found.last.map { .int($0) } ?? .null,
      ]
    }
    return try await call.show(permit, rows, epoch: epoch, textHash: hashes.first?.hash ?? [])
  }

  /// A month as `2026-01`.
  static func name(ofMonth month: Int) -> String {
    String(SearchWords.firstDay(of: month)?.description.prefix(7) ?? "")
  }
}
