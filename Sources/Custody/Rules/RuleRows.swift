import Crypto
import Model

/// The stored rows of employees, roles, policy and what hangs on them, each with a MAC by a key outside the database: a
/// row that was written or rolled back by hand is told by it (DESIGN.md section 3).
enum RuleRows {
  /// The canonical bytes of an account's row. What came later is appended only where it is there.
  static func bytes(_ employee: Employee, verifier: [UInt8], seed: [UInt8], epoch: Int64) -> [UInt8] {
    var writer = MACWriter("employee")
    writer.append(employee.id.bytes)
    writer.append(Int64(employee.rev))
    writer.append(Array(employee.name.utf8))
    writer.append(Array(employee.fullName.utf8))
    writer.append(employee.isDisabled ? 1 : 0)
    writer.append(verifier)
    writer.append(seed)
    writer.append(Array(employee.unixUser.utf8))
    writer.append(epoch)
    if !employee.team.isEmpty || !employee.certificate.isEmpty || employee.sameAs != nil {
      writer.append(Array(employee.team.utf8))
      writer.append(employee.certificate)
      writer.append(employee.sameAs?.bytes ?? [])
    }
    return writer.bytes
  }

  /// The canonical bytes of a role that an employee holds.
  static func bytes(_ employee: UserID, holds role: JobRole, epoch: Int64) -> [UInt8] {
    var writer = MACWriter("employee_role")
    writer.append(employee.bytes)
    writer.append(Int64(role.rawValue))
    writer.append(epoch)
    return writer.bytes
  }

  /// The canonical bytes of a rule.
  static func bytes(_ grant: Grant, since: Int64, until: Int64?) -> [UInt8] {
    var writer = MACWriter("policy_grant")
    writer.append(grant.id.bytes)
    writer.append(Int64(grant.role.rawValue))
    writer.append(Array(grant.object.rawValue.utf8))
    writer.append(Array(grant.action.rawValue.utf8))
    writer.append(grant.isDeny ? 2 : 1)
    writer.append(Int64(grant.kinds.rawValue))
    writer.append(Int64(bitPattern: grant.fields.rawValue))
    writer.append(Int64(grant.purposes.rawValue))
    writer.append(Int64(grant.scope.rawValue))
    writer.append(since)
    writer.append(until ?? -1)
    return writer.bytes
  }

  /// The canonical bytes of a deputy.
  static func bytes(_ deputy: Deputy, epoch: Int64) -> [UInt8] {
    var writer = MACWriter("deputy")
    writer.append(deputy.id.bytes)
    writer.append(deputy.employee.bytes)
    writer.append(deputy.deputy.bytes)
    writer.append(Int64(deputy.from.number))
    writer.append(Int64(deputy.until.number))
    writer.append(epoch)
    return writer.bytes
  }

  /// The canonical bytes of a raised daily number.
  static func bytes(_ quota: Quota, epoch: Int64) -> [UInt8] {
    var writer = MACWriter("quota")
    writer.append(quota.id.bytes)
    writer.append(quota.employee.bytes)
    writer.append(Int64(quota.day.number))
    writer.append(Int64(quota.persons))
    writer.append(epoch)
    return writer.bytes
  }

  /// The canonical bytes of a wider read.
  static func bytes(_ glass: BreakGlass, epoch: Int64) -> [UInt8] {
    var writer = MACWriter("break_glass")
    writer.append(glass.id.bytes)
    writer.append(glass.user.bytes)
    writer.append(glass.session.bytes)
    writer.append(glass.takenAt.microseconds)
    writer.append(glass.until.microseconds)
    writer.append(glass.endedAt?.microseconds ?? -1)
    writer.append(glass.dueAt.microseconds)
    writer.append(glass.reason.slot)
    writer.append(glass.reason.bytes)
    writer.append(Int64(glass.verdict.rawValue))
    writer.append(glass.reviewer?.bytes ?? [])
    writer.append(glass.reviewedAt?.microseconds ?? -1)
    writer.append(epoch)
    return writer.bytes
  }

  /// The canonical bytes of a request that waits for a second person.
  static func bytes(_ approval: Approval, epoch: Int64) -> [UInt8] {
    var writer = MACWriter("approval")
    writer.append(approval.id.bytes)
    writer.append(approval.requester.bytes)
    writer.append(Int64(approval.action.rawValue))
    writer.append(Array(approval.verb.utf8))
    writer.append(approval.digest)
    writer.append(approval.barred?.bytes ?? [])
    writer.append(approval.request.slot)
    writer.append(approval.request.bytes)
    writer.append(Int64(approval.state.rawValue))
    writer.append(approval.approver?.bytes ?? [])
    writer.append(approval.createdAt.microseconds)
    writer.append(approval.expiresAt.microseconds)
    writer.append(approval.decidedAt?.microseconds ?? -1)
    writer.append(epoch)
    return writer.bytes
  }

  /// The canonical bytes of an epoch, over the digest of all rows' MACs and, once they were kept, the rows that it changed,
  /// when, and who did.
  static func bytes(epoch: Int64, digest: [UInt8], changes: [UInt8]?, at: Instant, by user: UserID?) -> [UInt8] {
    var writer = MACWriter("access_epoch")
    writer.append(epoch)
    writer.append(digest)
    if let changes {
      writer.append(changes)
      writer.append(at.microseconds)
      writer.append(user?.bytes ?? [])
    }
    return writer.bytes
  }

  /// The digest of a state: SHA-256 over the sorted MACs of its rows.
  static func digest(_ macs: some Sequence<[UInt8]>) -> [UInt8] {
    var hash = SHA256()
    for mac in macs.sorted(by: { $0.lexicographicallyPrecedes($1) }) { hash.update(data: mac) }
    return Array(hash.finalize())
  }

  /// HMAC-SHA256 of a row's bytes.
  static func mac(_ bytes: [UInt8], key: SymmetricKey) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
  }
}

/// Length-prefixed bytes under a row type's name, so that no two rows have the same.
struct MACWriter {
  private(set) var bytes: [UInt8] = []

  init(_ type: StaticString) { append(Array(type.description.utf8)) }

  mutating func append(_ value: [UInt8]) {
    append(Int64(value.count))
    bytes.append(contentsOf: value)
  }

  mutating func append(_ value: Int64) { withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) } }
}

/// Stored rules do not verify; says which rows.
public struct RuleFault: Error, Sendable, CustomStringConvertible {
  /// A sentence for each row that is not as this register's server left it.
  public let rows: [String]

  /// The first few rows, for an operator.
  public var description: String {
    rows.prefix(5).joined(separator: "; ") + (rows.count > 5 ? "; and \(rows.count - 5) more" : "")
  }

  /// A fault of some rows.
  init(_ rows: [String]) { self.rows = rows }

  /// The stored rules are older than what was in force before.
  static func rolledBack(to epoch: Int64, from newest: Int64) -> RuleFault {
    RuleFault(["table access_epoch was rolled back: it is at epoch \(epoch), but \(newest) was in force"])
  }
}
