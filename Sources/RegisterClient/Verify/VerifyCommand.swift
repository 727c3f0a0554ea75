import AccessLog
import Glibc
import Model
import Wire

/// The command `verify`: a log, proof, checkpoint or export, from its files alone.
struct VerifyCommand: Sendable {
  /// The largest proof, checkpoint or row; exports may be larger, they are never held whole.
  private static let fileBytesMax = 64 << 20

  let path: String
  let keys: [VerifierKey]
  var entry: [UInt8]?
  var allowsMissingEntries = false
  var progress: @Sendable (Int64, Int64) -> Void = { _, _ in }

  /// Reads and verifies. Throws `ClientError` where nothing can be said.
  func run() throws -> VerifyReport {
    var status = stat()
    guard stat(path, &status) == 0 else { throw LocalFile.failure(path) }
    if status.st_mode & S_IFMT == S_IFDIR { return try tiles(path) }
    if path.hasSuffix(ExportCheck.suffix) {
      let subject = String(path.dropLast(ExportCheck.suffix.count))
      guard stat(subject, &status) == 0 else { throw LocalFile.failure(subject) }
      if status.st_mode & S_IFMT == S_IFDIR { return try tiles(subject) }
      return try export(subject) ?? file()
    }
    return try export(path) ?? file()
  }

  private func tiles(_ path: String) throws -> VerifyReport {
    try TilesCheck.run(path, keys: keys, allowsMissingEntries: allowsMissingEntries, progress: progress)
  }

  private func export(_ path: String) throws -> VerifyReport? {
    guard let evidence = try ExportCheck.evidence(of: path) else { return nil }
    return try ExportCheck(path: path, keys: keys).run(evidence, progress: progress)
  }

  // MARK: - What the file is

  private func file() throws -> VerifyReport {
    guard let bytes = try LocalFile.read(path, bytesMax: Self.fileBytesMax) else { throw LocalFile.missing(path) }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw ClientError.usage(VerifyText.unknownFile) }
    let check = NoteCheck(keys: keys, entry: entry)
    if text.hasPrefix("c2sp.org/tlog-proof@") { return check.proof(text) }
    if text.hasPrefix("{") { return try rows(text, check) }
    if text.hasPrefix("@"), let notes = Self.notes(bytes) { return check.checkpoints(notes) }
    guard (try? SignedNote(text)) != nil else { throw ClientError.usage(VerifyText.unknownFile) }
    return check.checkpoint(text)
  }

  /// Rows of the server, an object a line: the first one that is bad, or the last.
  private func rows(_ text: String, _ check: NoteCheck) throws -> VerifyReport {
    var last: VerifyReport?
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      guard let row = (try? JSON.parse(String(decoding: line, as: UTF8.self)))?.object, let report = check.row(row)
      else {
        throw ClientError.usage(VerifyText.unknownFile)
      }
      guard report.isGood else { return report }
      last = report
    }
    guard let last else { throw ClientError.usage(VerifyText.unknownFile) }
    return last
  }

  /// The notes of a server's copy of its checkpoints, each after a line `@TIME LENGTH`; a last one that a crash cut
  /// short is left out. Nil for a file of another form.
  static func notes(_ bytes: [UInt8]) -> [String]? {
    var notes: [String] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: 0x0A), rest.first == UInt8(ascii: "@") {
      let words = rest[..<end].split(separator: 0x20)
      guard words.count == 2, let length = Int(String(decoding: words[1], as: UTF8.self)), length > 0 else {
        return nil
      }
      let body = rest[(end + 1)...]
      guard body.count >= length else { break }
      notes.append(String(decoding: body.prefix(length), as: UTF8.self))
      rest = body.dropFirst(length)
    }
    guard rest.isEmpty || rest.first == UInt8(ascii: "@") else { return nil }
    return notes.isEmpty ? nil : notes
  }
}

extension VerifyCommand {
  /// Runs it as the program's arguments say; the exit code.
  static func run(_ options: ProgramOptions, _ settings: ClientSettings) throws -> Int32 {
    let words = options.words.dropFirst()
    guard let path = words.first, words.count == 1, options.outFile == nil else {
      throw ClientError.usage(VerifyText.usage)
    }
    let keys = try LogKeys.read(options.keys.isEmpty ? settings.logKeys + settings.witnessKeys : options.keys)
    guard !keys.isEmpty else { throw ClientError.usage(VerifyText.noKey) }
    var command = VerifyCommand(path: path, keys: keys, allowsMissingEntries: options.allowsMissingEntries)
    if let file = options.entryFile {
      guard let bytes = try LocalFile.read(file, bytesMax: 1 << 20) else { throw LocalFile.missing(file) }
      command.entry = bytes
    }
    let line = ProgressLine()
    command.progress = { line.show($0, of: $1) }
    defer { line.end() }
    let report = try command.run()
    line.end()
    let paint = Paint(isOn: Terminal.isTerminal(STDOUT_FILENO))
    let lines = options.form == .json ? [report.json.description] : report.lines(settings.language, paint)
    Terminal.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: STDOUT_FILENO)
    return report.exitCode
  }
}
