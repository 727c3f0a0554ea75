import AccessLog
import Custody
import Model
import Wire

/// Sends entries of the access log as lines of a file, or the whole log as a directory that anybody can verify.
struct LogExport: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.export",
    summary: Text(
      en: "Export the access log to a file with its evidence, or as tiles that anybody can verify.",
      fi: "Vie käyttöloki tiedostoon todisteineen tai lohkoina, jotka kuka tahansa voi tarkistaa.",
      sv: "Exportera åtkomstloggen till en fil med dess bevis, eller som block som vem som helst kan verifiera."),
    parameters: LogQuestion.parameters + [
      .init(
        "format", .word(ExportForm.names), required: true, personal: false,
        Text(en: "the form of the file", fi: "tiedoston muoto", sv: "filens form")),
      .init(
        "size", .int(0...Int.max), required: false, personal: false,
        Text(
          en: "the log as it was with so many entries",
          fi: "loki sellaisena kuin se oli, kun merkintöjä oli näin monta",
          sv: "loggen som den var med så här många poster")),
    ],
    columns: ["index", "text", "path", "data"].map { ColumnSpec($0, personal: $0 == "text" || $0 == "data") },
    permission: .object(.log, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.importMilliseconds)

  private let question: LogQuestion
  private let form: ExportForm
  private let size: Int64?

  init(_ arguments: inout Arguments) throws(RegisterError) {
    question = try LogQuestion(arguments)
    form = try arguments.requiredWord("format") { ExportForm(name: $0) }
    size = arguments.text("size") == nil ? nil : Int64(try arguments.int("size", in: 0...Int.max - 1, default: 0))
    if form == .tiles, let filter = LogQuestion.parameters.first(where: { arguments.text($0.name) ?? "" != "" }) {
      throw .invalid(
        filter.name,
        Text(
          en: "Tiles are the whole log; only size goes with them.",
          fi: "Lohkot ovat koko loki; niiden kanssa voi antaa vain koon (size).",
          sv: "Block är hela loggen; bara size går ihop med dem."))
    }
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let filter = try question.filter(call.custody.currentRules)
    try await call.custody.sequencer.catchUp(deadline: call.context.deadline)
    // What is written from now on, this answer's own entries too, is not in it.
    let head = try await head(call)
    switch form {
    case .text(let format):
      var export = LogTextExport(call: call, filter: filter, format: format, head: head)
      return try await export.run(permit)
    case .tiles:
      var export = LogTileExport(call: call, head: head)
      return try await export.run(permit)
    }
  }

  /// The checkpoint that the export goes up to.
  private func head(_ call: Call) async throws -> ExportHead {
    let newest = try await call.custody.logTree.checkpoint()
    guard let size, size != newest.checkpoint.size else { return ExportHead(newest.checkpoint, newest.note) }
    guard size <= newest.checkpoint.size else {
      throw RegisterError.invalid(
        "size",
        Text(
          en: "The log has \(newest.checkpoint.size) entries.", fi: "Lokissa on \(newest.checkpoint.size) merkintää.",
          sv: "Loggen har \(newest.checkpoint.size) poster."))
    }
    let older = try await call.custody.logTree.note(size: size)
    return ExportHead(older.checkpoint, older.note)
  }
}
