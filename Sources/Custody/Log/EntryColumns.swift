import AccessLog
import Model
import Postgres

/// Entries laid out as the columns of `access_entry`, for one `unnest`.
struct EntryColumns {
  private var index: [Int64] = []
  private var at: [Instant] = []
  private var employee: [UserID?] = []
  private var person: [PersonID?] = []
  private var role: [Int16] = []
  private var purpose: [Int16] = []
  private var outcome: [Int16] = []
  private var verb: [String] = []
  private var bytes: [[UInt8]] = []
  private let firstIndex: Int64
  /// The months of the entries, as year × 12 + month − 1.
  private(set) var months: Set<Int> = []
  private var lastDay = Int.min

  init(firstIndex: Int64) { self.firstIndex = firstIndex }

  var count: Int { index.count }

  mutating func append(_ slice: ArraySlice<UInt8>) throws(EntryFault) {
    let entry = try Entry.decode(slice)
    index.append(firstIndex + Int64(index.count))
    at.append(entry.at)
    employee.append(entry.user)
    person.append(entry.person)
    role.append(Int16(entry.role?.rawValue ?? 0))
    purpose.append(Int16(entry.purpose?.rawValue ?? 0))
    outcome.append(Int16(entry.outcome.rawValue))
    verb.append(entry.verb)
    bytes.append(Array(slice))
    let day = entry.at.day
    if day.number != lastDay {
      lastDay = day.number
      let civil = day.civil
      months.insert(civil.year * 12 + civil.month - 1)
    }
  }

  var statement: SQL {
    """
    INSERT INTO access_entry (index, at, employee, person, role, purpose, outcome, verb, entry)
    SELECT * FROM unnest(\(index), \(at), \(employee), \(person), \(role), \(purpose), \(outcome), \(verb), \(bytes))
    """
  }
}
