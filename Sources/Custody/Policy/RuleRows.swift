import Crypto
import Model
import Postgres

/// The stored rows of employees, roles and policy, each with a MAC by a key outside the database: a row that was written
/// or rolled back by hand is told by it (DESIGN.md section 3).
enum RuleRows {
  /// The canonical bytes of an account's row.
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

  /// The canonical bytes of an epoch, over the digest of all rows' MACs.
  static func bytes(epoch: Int64, digest: [UInt8]) -> [UInt8] {
    var writer = MACWriter("access_epoch")
    writer.append(epoch)
    writer.append(digest)
    return writer.bytes
  }

  /// The digest of a state: SHA-256 over the sorted MACs of its rows.
  static func digest(_ macs: [[UInt8]]) -> [UInt8] {
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

/// A stored rule does not verify; says which row.
public struct RuleFault: Error, Sendable, CustomStringConvertible {
  /// The row, for an operator.
  public let description: String

  /// The stored rules are older than what was in force before.
  static func rolledBack(to epoch: Int64, from newest: Int64) -> RuleFault {
    RuleFault(description: "table access_epoch was rolled back: it is at epoch \(epoch), but \(newest) was in force")
  }
}
