import Crypto
import Model
import Postgres
import Wire

/// What each epoch changed: lines `NAME TAB MAC` in hexadecimal, `NAME TAB -` for a row that went. The first line says
/// whether the list is whole (`all`) or only what changed since the epoch before (`since`).
struct RuleJournal: Sendable {
  let key: SymmetricKey

  /// The bytes of an epoch's list: of the rows that differ, or of all where there is no list to go on from.
  static func changes(from old: [String: [UInt8]]?, to new: [String: [UInt8]]) -> [UInt8] {
    var lines = [old == nil ? "all" : "since"]
    for (name, mac) in new.sorted(by: { $0.key < $1.key }) where old?[name] != mac {
      lines.append("\(name)\t\(Hex.encode(mac))")
    }
    for name in (old ?? [:]).keys.sorted() where new[name] == nil { lines.append("\(name)\t-") }
    return Array(lines.joined(separator: "\n").utf8)
  }

  /// Every row's MAC as the epochs up to this one tell it; nil where they do not reach back to a whole list.
  ///
  /// - Throws: `RuleFault` where an epoch is missing or does not verify.
  func expected(upTo head: RuleHead, _ run: ([SQL]) async throws -> [Rows]) async throws -> [String: String]? {
    var lists: [[Substring]] = []
    var next = head.epoch
    let rows = try await run([
      """
      SELECT \(RuleHead.columns) FROM access_epoch WHERE epoch <= \(head.epoch)
      ORDER BY epoch DESC
      """
    ])
    guard let rows = rows.first else { return nil }
    for row in rows {
      let epoch = try RuleHead(row, key: key)
      guard epoch.epoch == next else { throw RuleFault(["the row access_epoch \(next) was removed"]) }
      guard let changes = epoch.changes else { return nil }
      let lines = String(decoding: changes, as: UTF8.self).split(separator: "\n")
      lists.append(Array(lines.dropFirst()))
      if lines.first == "all" { return Self.replayed(lists.reversed()) }
      next -= 1
    }
    return nil
  }

  /// Looks whether every epoch since the last whole list is there and verifies, the newest first.
  ///
  /// - Throws: `RuleFault` naming the first that is missing or does not.
  func verify(_ run: ([SQL]) async throws -> [Rows]) async throws {
    var next = Int64.max
    while next > 0 {
      let rows = try await run([
        """
        SELECT \(RuleHead.columns) FROM access_epoch WHERE epoch <= \(next)
        ORDER BY epoch DESC LIMIT 1000
        """
      ])
      guard let page = rows.first, !page.isEmpty else {
        if next != Int64.max { throw RuleFault(["the row access_epoch \(next) was removed"]) }
        return
      }
      for row in page {
        let head = try RuleHead(row, key: key)
        guard next == Int64.max || head.epoch == next else {
          throw RuleFault(["the row access_epoch \(next) was removed"])
        }
        if let changes = head.changes, changes.starts(with: Array("all".utf8)) { return }
        next = head.epoch - 1
      }
    }
  }

  private static func replayed(_ lists: some Sequence<[Substring]>) -> [String: String] {
    var expected: [String: String] = [:]
    for list in lists {
      for line in list {
        let parts = line.split(separator: "\t")
        guard parts.count == 2 else { continue }
        expected[String(parts[0])] = parts[1] == "-" ? nil : String(parts[1])
      }
    }
    return expected
  }
}
