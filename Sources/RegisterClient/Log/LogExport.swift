import AccessLog
import Model
import Wire

/// The command `log.export`: lines become a file, tiles a folder, each with its evidence beside it.
struct LogExport: Sendable {
  /// The verb that is run so.
  static let verb = "log.export"

  let connection: RegisterConnection
  let language: Language
  /// Whether final lines are shown as they came.
  var isPlain = false
  /// The keys of the log that are trusted; none where the user knows of none.
  let keys: [VerifierKey]
  let answer: RunningCommand.Answer?

  /// Runs the command and keeps what came at a place, or writes its lines out; the exit code.
  func run(_ command: Command, place: String?) async throws -> Int32 {
    let isTiles = command["format"] == "tiles"
    if isTiles {
      guard let place, !place.isEmpty else { throw ClientError.usage(LogExportText.placeNeeded) }
      return try await run(command, try LogTilesTaker(place: place), place: place, isTiles: true)
    }
    return try await run(command, try LogLinesTaker(place: place), place: place, isTiles: false)
  }

  private func run(
    _ command: Command, _ taker: some LogExportTaker, place: String?, isTiles: Bool
  ) async throws -> Int32 {
    var taker = taker
    let line = ProgressLine()
    defer { line.end() }
    do {
      let running = try connection.run(command, answer: answer)
      let interruption = Interruption(running)
      Interrupts.set { interruption.happened() }
      defer { Interrupts.set(nil) }
      let final = try await take(running, &taker, line)
      line.end()
      guard final.status == .ok else {
        taker.abandon()
        let lines = isPlain ? [final.line] : ResultText.lines(final, rows: 0, language: language)
        for said in lines { Terminal.say(SafeText.forTerminal(said)) }
        return ExitCode.of(final)
      }
      let evidence = try compare(final, taker)
      try keep(taker, evidence, place)
      say(final, taker, evidence, place, isTiles: isTiles)
      return try verify(evidence, place, isTiles: isTiles)
    } catch {
      taker.abandon()
      throw error
    }
  }

  private func take(
    _ running: RunningCommand, _ taker: inout some LogExportTaker, _ line: ProgressLine
  ) async throws -> CommandResult {
    for try await element in running {
      switch element {
      case .row(let row):
        do {
          try taker.take(row.value)
        } catch {
          running.cancel()
          throw error
        }
        line.show("\(taker.rows)")
      case .progress(let value): line.show(ResultText.progress(value, language: language))
      case .final(let final):
        if final.status == .ok { try taker.flush() }
        return final
      }
    }
    throw ClientError.closed
  }

  // MARK: - What came

  /// The evidence, where what came is what it speaks of.
  private func compare(_ final: CommandResult, _ taker: some LogExportTaker) throws(ClientError) -> JSON {
    guard let evidence = final.object["evidence"], evidence.object != nil else { throw .protocol("no evidence") }
    let (sha256, bytes) = taker.digest()
    guard evidence["sha256"]?.string == sha256, evidence["bytes"]?.int == bytes, evidence["rows"]?.int == taker.rows
    else { throw .log(LogExportText.changed) }
    return evidence
  }

  private func keep(_ taker: some LogExportTaker, _ evidence: JSON, _ place: String?) throws(ClientError) {
    guard let path = Self.evidencePath(place) else { return try taker.commit() }
    let beside = try PartialFile(path)
    guard beside.append(Array((evidence.description + "\n").utf8)) else { throw beside.abandon() }
    do {
      try taker.commit()
    } catch {
      beside.abandon()
      throw error
    }
    try beside.commit()
  }

  /// Where the evidence of a place is; none for what is written out.
  static func evidencePath(_ place: String?) -> String? {
    guard var place else { return nil }
    while place.count > 1, place.hasSuffix("/") { place.removeLast() }
    return place + ExportCheck.suffix
  }

  private func say(
    _ final: CommandResult, _ taker: some LogExportTaker, _ evidence: JSON, _ place: String?, isTiles: Bool
  ) {
    if let message = final.message { Terminal.say(ValueText.oneLine(message)) }
    if let place {
      let count = "\(taker.rows) \((isTiles ? LogExportText.files : ProgramText.rows)[language])"
      Terminal.say("\(ProgramText.written[language]) \(ValueText.oneLine(place)) (\(count))")
    } else if taker.rows == 0 {
      Terminal.say(ProgramText.noRows[language])
    }
    let sha256 = "sha256 \(ValueText.oneLine(evidence["sha256"]?.string ?? "–"))"
    let path = Self.evidencePath(place).map { "\(ValueText.oneLine($0)) (\(sha256))" } ?? sha256
    Terminal.say("\(LogExportText.evidence[language]) \(path)")
  }

  // MARK: - Verifying at once

  private func verify(_ evidence: JSON, _ place: String?, isTiles: Bool) throws -> Int32 {
    let paint = Paint(isOn: Terminal.isTerminal(2))
    guard !keys.isEmpty else {
      if let place { Terminal.say(LogExportText.unverified.filled(language, ValueText.oneLine(place))) }
      return ExitCode.done
    }
    if isTiles, let place {
      let line = ProgressLine()
      let missing = evidence["missing-bundles"]?.int ?? 0
      let report = try TilesCheck.run(place, keys: keys, allowsMissingEntries: missing > 0) { line.show($0, of: $1) }
      line.end()
      for said in report.lines(language, paint) { Terminal.say(said) }
      return report.isGood ? ExitCode.done : ExitCode.log
    }
    do {
      _ = try Checkpoint.opened(evidence["checkpoint"]?.string ?? "", keys: keys)
      return ExitCode.done
    } catch {
      let words = LogExportText.badCheckpoint.filled(language, FaultWords.of(error.reason, language))
      Terminal.say(paint("!! \(ValueText.oneLine(words))", .alarm))
      return ExitCode.log
    }
  }
}
