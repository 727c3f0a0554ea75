import AccessLog
import Model
import Postgres

extension TreeCheck {
  /// The newest stored checkpoints are ones that were signed; none lies beyond the last that was, none is missing, and
  /// what stands with them by a known witness is what that witness signed.
  func checkpoints(newest count: Int64) async throws {
    try await reading { rows in
      let found = try await rows.transaction.query(
        "SELECT \(TreeHead.columns), previous FROM checkpoint ORDER BY size DESC LIMIT \(count)")
      var (unsigned, above): (Int64?, (size: Int64, previous: Int64)?) = (nil, nil)
      var gaps: [(after: Int64, before: Int64)] = []
      for row in found {
        let head = try TreeHead(row)
        if head.size > 0, try head.verifiedRoot(identity, anyOrigin: true) == nil {
          unsigned = unsigned ?? head.size
        } else if head.size > 0, let unsigned {
          throw LogFault(reason: "the checkpoint of size \(unsigned) has lost its signature")
        }
        if let above, above.previous != head.size { gaps.append((head.size, above.size)) }
        above = (head.size, try row.int64(4))
      }
      if let above, found.count < count, above.size > 0 { gaps.append((0, above.size)) }
      try await notThinned(rows, gaps)
      try await cosignatures(rows, since: above?.size ?? 0)
    }
  }

  /// Upkeep gives up checkpoints that are a day old where the same hour has a newer one, so the one above a gap is almost
  /// that old. Where its last entry is younger, by an hour for clocks that differ, somebody else made the gap.
  private func notThinned(_ rows: TreeRows, _ gaps: [(after: Int64, before: Int64)]) async throws {
    guard !gaps.isEmpty else { return }
    let young = try await rows.transaction.query(
      """
      SELECT min(index) FROM access_entry
      WHERE index = ANY (\(gaps.map { $0.before - 1 })) AND at > now() - interval '22 hours'
      """
    ).single().get(0, as: Int64?.self)
    guard let young, let gap = gaps.first(where: { $0.before - 1 == young }) else { return }
    throw LogFault(
      reason: "checkpoints between those of \(gap.after) and \(gap.before) entries are missing, or of another chain",
      index: gap.after)
  }

  /// Lines of witnesses whose keys are not known are passed over.
  private func cosignatures(_ rows: TreeRows, since size: Int64) async throws {
    guard !identity.witnesses.isEmpty else { return }
    let found = try await rows.transaction.query(
      """
      SELECT c.size, c.note, s.line FROM cosignature s JOIN checkpoint c USING (size)
      WHERE c.size >= \(size) AND c.note IS NOT NULL ORDER BY c.size
      """)
    for row in found {
      do throws(NoteFault) {
        let (note, line): (String, String)
        do { (note, line) = (try row.string(1), try row.string(2)) } catch { throw NoteFault(reason: "not text") }
        _ = try SignedNote(note + line + "\n").verify(identity.witnesses)
      } catch {
        throw LogFault(
          reason: "a cosignature of the checkpoint of size \(try row.int64(0)) is none: \(error.reason)")
      }
    }
  }

  /// Every committed intake row that is said to be in the log is said so by the server, and none was passed over.
  ///
  /// - Parameter since: From which transaction on to look at the rows; what lies before was looked at.
  /// - Returns: From which one on to look the next time.
  @discardableResult
  func intake(since: TransactionID = TransactionID(0)) async throws -> TransactionID {
    try await reading { rows in
      let next = try await rows.transaction.query("SELECT \(TreeHead.since)").single().transactionID(0)
      if since == TransactionID(0) { try await ahead(rows) }
      var last: Int64 = 0
      while true {
        let found = try await rows.transaction.query(
          """
          SELECT i.id, i.mac, \(IntegratedRow.columns(of: "g"))
          FROM access_intake i LEFT JOIN integrated g ON g.intake = i.id
          WHERE i.id IN (
            SELECT id FROM (SELECT id FROM access_intake WHERE xid >= \(since) AND id > \(last) OFFSET 0) AS looked
            ORDER BY id LIMIT \(Self.chunk))
          ORDER BY i.id
          """)
        for row in found {
          last = try row.int64(0)
          guard try row.get(2, as: Int64?.self) != nil else { continue }
          let integrated = try IntegratedRow(row, from: 2, key: key)
          guard integrated.mac == (try row.bytes(1)) else {
            throw LogFault(
              reason: "intake row \(integrated.intake) is another than the one that is in the log", isOfIntake: true)
          }
        }
        if found.count < Int(Self.chunk) { break }
      }
      let passed = try await rows.transaction.query(
        """
        SELECT min(id) FROM (
          SELECT i.id FROM access_intake i WHERE i.xid >= \(since) AND i.xid < \(next) AND \(Sequencer.isOutside)
          OFFSET 0) AS passed
        """)
      if let first = try passed.single().get(0, as: Int64?.self) {
        throw LogFault(
          reason: "intake row \(first) was passed over: its entries are not in the log", isOfIntake: true)
      }
      return next
    }
  }

  /// Nobody may say beforehand of rows to come that they are in the log.
  private func ahead(_ rows: TreeRows) async throws {
    let alone = try await rows.transaction.query(
      """
      SELECT \(IntegratedRow.columns(of: "g")) FROM integrated g
      WHERE NOT EXISTS (SELECT FROM access_intake i WHERE i.id = g.intake)
      """)
    for row in alone { _ = try IntegratedRow(row, from: 0, key: key) }
  }

  /// A fault with the first bad index of the whole log, where one is known: looking for it may take long.
  func named(_ fault: LogFault) async -> LogFault {
    guard !fault.isOfIntake else { return fault }
    var named = fault
    if let bad = try? await firstBadEntry() {
      named.index = min(bad, fault.index ?? bad)
    } else if fault.index == nil {
      named.index = try? await firstUnsigned()
    }
    return named
  }

  /// The first entry that is not its tile's; nil where all are.
  private func firstBadEntry() async throws -> Int64? {
    let size = try await reading { try await $0.head().size }
    do { try await entries(0..<size, of: size) } catch let fault as LogFault { return fault.index }
    return nil
  }

  /// The size of the last signed checkpoint that the stored tree still fits: what comes after it is another. Nil where the
  /// tree fits all that was signed.
  private func firstUnsigned() async throws -> Int64? {
    try await reading { rows in
      let found = try await rows.transaction.query(
        "SELECT \(TreeHead.columns) FROM checkpoint WHERE size > 0 ORDER BY size")
      var signed = try found.map { try TreeHead($0) }
      // Once it does not fit it never does again.
      var (low, high) = (0, signed.count)
      while low < high {
        let middle = (low + high) / 2
        guard let root = try? signed[middle].verifiedRoot(identity, anyOrigin: true) else {
          signed.remove(at: middle)
          high -= 1
          continue
        }
        do {
          if try await rows.root(size: signed[middle].size) == root { low = middle + 1 } else { high = middle }
        } catch is LogFault { high = middle }
      }
      guard low < signed.count else { return nil }
      return low == 0 ? 0 : signed[low - 1].size
    }
  }
}
