import Custody
import Model
import Postgres

/// A moment of the policy's history: an epoch, or a time.
enum PolicyMoment: Sendable, Equatable {
  case epoch(Int64)
  case time(Instant)

  /// The moment of a parameter, an epoch's number or a time; nil where it is left out.
  init?(_ arguments: Arguments, _ name: String) throws(RegisterError) {
    guard let text = arguments.text(name) else { return nil }
    if let number = Int64(text), number > 0 {
      self = .epoch(number)
    } else if let instant = try arguments.instant(name) {
      self = .time(instant)
    } else {
      return nil
    }
  }
}

/// The rules in force at one epoch.
struct PolicyState: Sendable {
  let epoch: Int64
  /// When the epoch began; nil for the present one.
  let at: Instant?
  let grants: [Grant]
  /// Since when each rule was in force.
  let times: [ID<Grant>: Instant]
}

extension Store {
  /// The rules that were in force at a moment. The rows' MACs are for the caller to have verified.
  ///
  /// - Throws: `notfound` where the register had no rules yet, or has no such epoch.
  func policy(at moment: PolicyMoment, deadline: Tick) async throws -> PolicyState {
    let newest: SQL =
      switch moment {
      case .epoch(let epoch): "WHERE epoch = \(epoch)"
      case .time(let instant): "WHERE at <= \(instant) ORDER BY epoch DESC LIMIT 1"
      }
    let head = try await pool.query("SELECT epoch, at FROM access_epoch \(newest)", deadline: deadline).first
    guard let head else { throw RegisterError.notFound }
    let epoch = try head.int64(0)
    let rows = try await pool.query(
      """
      SELECT g.id, g.role, g.object, g.action, g.effect, g.kinds, g.fields, g.purposes, g.scope, e.at
      FROM policy_grant g JOIN access_epoch e ON e.epoch = g.since_epoch
      WHERE g.since_epoch <= \(epoch) AND (g.until_epoch IS NULL OR g.until_epoch > \(epoch))
      """, deadline: deadline)
    var grants: [Grant] = []
    var times: [ID<Grant>: Instant] = [:]
    for row in rows {
      let grant = try Self.grant(row)
      grants.append(grant)
      times[grant.id] = try row.instant(9)
    }
    return PolicyState(epoch: epoch, at: try head.instant(1), grants: grants, times: times)
  }

  private static func grant(_ row: Row) throws -> Grant {
    guard let role = JobRole(rawValue: UInt8(clamping: try row.int64(1))),
      let object = PolicyObject(rawValue: try row.string(2)), let action = PolicyAction(rawValue: try row.string(3)),
      let scope = PolicyScope(rawValue: UInt8(clamping: try row.int64(8)))
    else { throw RegisterError.internal }
    return Grant(
      id: try row.id(0), role: role, object: object, action: action, isDeny: try row.int64(4) == 2,
      kinds: KindSet(rawValue: UInt8(clamping: try row.int64(5))),
      fields: FieldSet(rawValue: UInt64(bitPattern: try row.int64(6))),
      purposes: PurposeSet(rawValue: UInt32(truncatingIfNeeded: try row.int64(7))), scope: scope)
  }
}
