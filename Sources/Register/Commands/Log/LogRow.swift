import AccessLog
import Custody
import Model
import Wire

/// An entry of the log as a row. Persons and employees are ids; an employee's log-in name goes beside.
enum LogRow {
  static let columns: [ColumnSpec] = [
    "index", "at", "user", "role", "purpose", "case", "verb", "outcome", "person", "fields", "rows", "session",
    "address", "rid", "user-name", "code", "categories", "epoch", "subject", "hash",
  ].map { ColumnSpec($0, personal: $0 == "user-name" || $0 == "address") }

  /// The row: the keys that programs count on always, null where absent; the others where there is something.
  static func row(_ logged: LoggedEntry, _ rules: AccessRules) -> JSONObject {
    let entry = logged.entry
    var row: JSONObject = [
      "index": .int(logged.index), "at": .string(entry.at.description), "user": .id(entry.user),
      "role": .text(entry.role?.name), "purpose": .text(entry.purpose?.name), "case": .text(entry.caseReference),
      "verb": .string(entry.verb), "outcome": .string(entry.outcome.name), "person": .id(entry.person),
      "fields": .names(entry.fields.members.map(\.name)), "rows": .int(Int64(entry.rows)),
      "session": .id(entry.session), "address": .text(entry.address), "rid": .id(entry.request),
    ]
    if let name = entry.user.flatMap({ rules.employees[$0]?.name }) { row["user-name"] = .string(name) }
    if !entry.code.isEmpty { row["code"] = .string(entry.code) }
    row["categories"] = .names(entry.categories.members.map(\.name))
    row["epoch"] = .int(entry.epoch)
    if let subject = entry.subject { row["subject"] = .id(subject) }
    if !entry.textHash.isEmpty { row["hash"] = .string(Hex.encode(entry.textHash)) }
    return row
  }
}
