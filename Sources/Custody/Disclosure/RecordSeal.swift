public import Model
import Sealing

/// Where a sealed text of the register's own belongs: a request that waits for a second person, a break-glass's reason,
/// a note on what stands out in the log.
public struct RecordSeal: Sendable {
  /// The row's id, as the key store names owners.
  let owner: PersonID
  let context: SealContext
  /// The category that such keys carry in the key store.
  static let category = Int16(Category.other.rawValue)

  private init(_ owner: PersonID, table: UInt8) {
    self.owner = owner
    context = SealContext(table: table, row: (owner.high, owner.low), person: owner, category: .other)
  }

  /// The request of an approval.
  public static func request(_ id: ID<Approval>) -> RecordSeal { RecordSeal(id.retyped(), table: 2) }

  /// The reason of a break-glass.
  public static func reason(_ id: ID<BreakGlass>) -> RecordSeal { RecordSeal(id.retyped(), table: 3) }

  /// The note on something that stands out in the log, by the note's own id.
  public static func note(_ id: ID<RecordSeal>) -> RecordSeal { RecordSeal(id.retyped(), table: 4) }
}
