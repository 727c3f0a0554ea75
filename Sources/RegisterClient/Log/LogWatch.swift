import AccessLog
import Model
import Wire

/// Demands at log-in that the access log still holds all that it had shown this client before.
struct LogWatch: Sendable {
  let connection: RegisterConnection
  /// Where what was seen is kept; nil where the user has no folder.
  let memory: LogMemory?
  let server: String
  let user: String
  /// Keys that the person gave; none to trust the one seen first.
  let given: [VerifierKey]
  let witnesses: [VerifierKey]
  /// Whether to take a log of a new origin.
  let accepts: @Sendable (LogFinding, LogContinuation) async -> Bool

  /// Asks, compares and remembers. Throws only where the connection breaks.
  func check() async throws -> LogFinding {
    var finding = LogFinding(state: .notAsked, given: given, witnesses: witnesses.count, isKept: memory != nil)
    let mayAsk = try await mayAsk()
    do {
      finding.remembered = try memory?.load()
    } catch {
      if mayAsk { finding.state = .alarm(.unusableMemory(error)) }
      return finding
    }
    guard mayAsk else {
      if finding.remembered?.user == user { finding.state = .noLonger }
      return finding
    }
    var answer: JSONObject?
    do throws(LogAlarm) {
      try await compare(&finding, &answer)
    } catch {
      finding.state = .alarm(error)
      save(&finding, answer)
    }
    if let broken = connection.isClosed ? ClientError.closed : nil, finding.isAlarm { throw broken }
    return finding
  }

  private func compare(_ finding: inout LogFinding, _ answer: inout JSONObject?) async throws(LogAlarm) {
    let trusted = given.isEmpty ? [finding.remembered?.key].compactMap { $0 } : given
    let row = try await row(Command(verb: "log.checkpoint"))
    // Kept where it cannot be read as a checkpoint.
    answer = row
    let shown = try ShownLog(row: row, trusted: trusted)
    answer = nil
    finding.shown = shown
    finding.cosigners = try shown.cosigners(witnesses)
    guard given.isEmpty || shown.isTrusted else { throw .otherKey(shown.key) }
    if finding.cosigners.isEmpty { try await findCosigned(shown, &finding, &answer) }
    guard let remembered = finding.remembered else {
      finding.state = .first
      return keep(shown, nil, &finding)
    }
    guard shown.checkpoint.origin.utf8.elementsEqual(remembered.checkpoint.origin.utf8) else {
      return try await compareOrigins(shown, remembered, &finding)
    }
    guard shown.isTrusted else { throw .otherKey(shown.key) }
    try await prove(remembered.checkpoint, shown.checkpoint, &answer)
    finding.state = .consistent
    keep(shown, nil, &finding)
  }

  /// Throws unless the later checkpoint's tree begins with the whole of the earlier one's.
  private func prove(
    _ earlier: Checkpoint, _ later: Checkpoint, _ answer: inout JSONObject?
  ) async throws(LogAlarm) {
    var proof: [TreeHash] = []
    if earlier.size > 0, earlier.size < later.size {
      let sizes = [("from", earlier.size), ("to", later.size)].map { Parameter(name: $0.0, value: String($0.1)) }
      let row = try await row(Command(verb: "log.consistency", parameters: sizes))
      answer = row
      let hashes = (row["hashes"]?.array ?? []).map { $0.string.flatMap { TreeHash(base64: $0) } }
      guard row["hashes"]?.array != nil, hashes.allSatisfy({ $0 != nil }) else {
        throw .unproved("log.consistency: hashes")
      }
      proof = hashes.compactMap { $0 }
    }
    guard let pair = try? CheckpointPair(earlier: earlier, later: later) else { throw .forked }
    switch pair.verdict(proof: proof) {
    case .consistent: answer = nil
    case .forked: throw .forked
    case .rolledBack: throw .rolledBack
    }
  }

  /// What was written a moment ago no witness has seen: then the newest that one has, proved to be the beginning of it.
  private func findCosigned(
    _ shown: ShownLog, _ finding: inout LogFinding, _ answer: inout JSONObject?
  ) async throws(LogAlarm) {
    guard !witnesses.isEmpty else { return }
    let flag = Parameter(name: "cosigned", value: "true")
    guard let row = try? await row(Command(verb: "log.checkpoint", parameters: [flag])) else { return }
    answer = row
    let older = try ShownLog(row: row, trusted: [shown.key])
    guard older.isTrusted, older.checkpoint.origin == shown.checkpoint.origin else { return answer = nil }
    try await prove(older.checkpoint, shown.checkpoint, &answer)
    finding.cosigners = try older.cosigners(witnesses)
    finding.cosignedSize = older.checkpoint.size
  }

  /// A log of another name: only where the person takes it.
  private func compareOrigins(
    _ shown: ShownLog, _ remembered: RememberedLog, _ finding: inout LogFinding
  ) async throws(LogAlarm) {
    let said = await continuation(of: remembered.checkpoint, in: shown)
    guard await accepts(finding, said) else { throw .otherOrigin(said) }
    finding.state = .accepted(said)
    keep(shown, remembered, &finding)
  }

  // MARK: - Memory

  private func keep(_ shown: ShownLog, _ replaced: RememberedLog?, _ finding: inout LogFinding) {
    let new = RememberedLog(
      server: server, user: user, key: shown.key, note: shown.note, checkpoint: shown.checkpoint)
    do {
      if let replaced { try memory?.replace(replaced, with: new) } else { try memory?.save(new) }
    } catch {
      finding.failure = error
    }
  }

  private func save(_ finding: inout LogFinding, _ answer: JSONObject?) {
    // Where nothing was shown there is nothing to lay beside.
    guard finding.shown != nil || answer != nil else { return }
    do {
      finding.files =
        try memory?.saveAlarm(
          remembered: finding.remembered?.note, shown: finding.shown?.note ?? answer?["note"]?.string,
          answer: answer.map { JSON.object($0).description + "\n" }) ?? []
    } catch {
      finding.failure = error
    }
  }

  // MARK: - Asking

  private func mayAsk() async throws -> Bool {
    let command = Command(verb: "describe", parameters: [Parameter(name: "verb", value: "log.checkpoint")])
    let (rows, final) = try await connection.run(command).collect()
    return final.status == .ok && rows.contains { $0.value["verb"]?.string == "log.checkpoint" }
  }

  /// The one row that a command answers.
  private func row(_ command: Command) async throws(LogAlarm) -> JSONObject {
    do {
      let (rows, final) = try await connection.run(command).collect()
      guard final.status == .ok else { throw ClientError.refused(final) }
      guard rows.count == 1, let row = rows.first?.value.object else { throw ClientError.protocol("\(command.verb)") }
      return row
    } catch let error as ClientError {
      throw .unproved("\(command.verb): \(error.message(.english))")
    } catch {
      throw .unproved("\(command.verb): \(ConnectionFailure.reason(error))")
    }
  }
}
