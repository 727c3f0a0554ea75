import AccessLog
import Custody
import Model
import Wire

/// Entries of the log as events of the Open Cybersecurity Schema Framework, version 1.5.0 (schema.ocsf.io/1.5.0).
///
/// Every event has what its class requires; what the schema has no place for stands in `unmapped`.
enum LogOCSF {
  /// The schema's version.
  static let schemaVersion = "1.5.0"

  static func event(_ logged: LoggedEntry) -> JSONObject {
    let entry = logged.entry
    let waits = entry.code == Approval.pendingCode
    let act = waits ? .request : OCSFAct(verb: entry.verb)
    var event = head(act, severity: entry.outcome, at: entry.at)
    event["status_id"] = .int(isSuccess(entry.outcome) ? 1 : 2)
    event["status"] = .string(isSuccess(entry.outcome) ? "Success" : "Failure")
    if !entry.code.isEmpty { event["status_code"] = .string(entry.code) }
    event["message"] = .string("\(entry.verb) \(waits ? entry.code : entry.outcome.name)")
    event["metadata"] = .object(
      metadata(uid: String(logged.index), sequence: logged.index, correlation: entry.request.description))
    // A program that starts is nobody's act to the schema.
    if act.group != .lifecycle {
      event["actor"] = .object(actor(entry))
      event["src_endpoint"] = .object(endpoint(entry.address))
    }
    add(act, entry, to: &event)
    event["unmapped"] = .object(unmapped(logged))
    return event
  }

  /// A signed checkpoint, as an event of no class of its own.
  static func checkpoint(size: Int64, note: String, at instant: Instant) -> JSONObject {
    var event = head(.other("Checkpoint"), severity: .ok, at: instant)
    event["message"] = .string("checkpoint")
    event["metadata"] = .object(metadata(uid: "checkpoint-\(size)", sequence: nil, correlation: nil))
    event["unmapped"] = ["size": .int(size), "note": .string(note)]
    return event
  }

  private static func head(_ act: OCSFAct, severity outcome: Outcome, at instant: Instant) -> JSONObject {
    let severity = severity(outcome)
    return [
      "class_uid": .int(act.group.uid), "class_name": .string(act.group.name),
      "category_uid": .int(act.group.category), "category_name": .string(act.group.categoryName),
      "activity_id": .int(act.id), "activity_name": .string(act.name),
      "type_uid": .int(act.group.uid * 100 + act.id), "type_name": .string("\(act.group.name): \(act.name)"),
      "time": .int(instant.microseconds / 1000), "severity_id": .int(severity.id), "severity": .string(severity.name),
    ]
  }

  /// What the class of the event asks for besides.
  private static func add(_ act: OCSFAct, _ entry: Entry, to event: inout JSONObject) {
    let target = entry.subject?.description ?? entry.user?.description
    switch act.group {
    case .datastore:
      event["type_id"] = 1
      event["database"] = ["name": "rekisteri", "type_id": 1]
      event["table"] = ["name": .string(act.area)]
      event["count"] = .int(Int64(entry.rows))
      // A count is at least one by the schema.
      if entry.rows == 0 { event["count"] = nil }
    case .authentication:
      event["user"] = user(entry.user?.description)
      event["service"] = ["name": .string(Product.name)]
      event["is_remote"] = .bool(LogTextRules.kind(of: entry.address) != .other)
      if let session = entry.session { event["session"] = ["uid": .id(session)] }
    case .account: event["user"] = user(target)
    case .userAccess:
      event["user"] = user(target)
      event["privileges"] = [.string(act.area)]
    case .groups:
      event["group"] = ["name": "job-roles"]
      event["privileges"] = [.string(act.area)]
    case .lifecycle: event["app"] = .object(product)
    case .base: break
    }
  }

  /// An employee, or nobody who is known.
  private static func user(_ id: String?) -> JSON { ["uid": .string(id ?? "unknown")] }

  private static func actor(_ entry: Entry) -> JSONObject {
    var actor: JSONObject = ["app_name": .string(Product.name)]
    if let user = entry.user {
      var object: JSONObject = ["uid": .id(user)]
      if let role = entry.role { object["groups"] = [["name": .string(role.name)]] }
      actor["user"] = .object(object)
    }
    if let session = entry.session { actor["session"] = ["uid": .id(session)] }
    return actor
  }

  private static func endpoint(_ address: String) -> JSONObject {
    switch LogTextRules.kind(of: address) {
    case .v4, .v6: ["ip": .string(address)]
    case .other: ["name": .string(address.isEmpty ? Product.name : address)]
    }
  }

  private static let product: JSONObject = [
    "name": .string(Product.name), "vendor_name": .string(Product.vendor), "version": .string(Product.version),
  ]

  private static func metadata(uid: String, sequence: Int64?, correlation: String?) -> JSONObject {
    var metadata: JSONObject = [
      "version": .string(schemaVersion), "product": .object(product), "log_name": "access-log", "uid": .string(uid),
    ]
    if let sequence { metadata["sequence"] = .int(sequence) }
    if let correlation { metadata["correlation_uid"] = .string(correlation) }
    return metadata
  }

  /// Everything else that the row of `log.find` tells.
  private static func unmapped(_ logged: LoggedEntry) -> JSONObject {
    let elsewhere: Set = ["index", "at", "user", "role", "rid", "session", "address", "code", "rows"]
    return JSONObject(
      LogRow.anonymous(logged).filter { !elsewhere.contains($0.key) && !$0.value.isNull && $0.value != [] }
        .map { ($0.key, $0.value) })
  }

  /// Reads by break-glass went well, if somebody is to look at them.
  private static func isSuccess(_ outcome: Outcome) -> Bool { outcome == .ok || outcome == .breakGlass }

  static func severity(_ outcome: Outcome) -> (id: Int64, name: String) {
    switch outcome {
    case .ok: (1, "Informational")
    case .failed: (2, "Low")
    case .denied: (3, "Medium")
    case .breakGlass: (4, "High")
    }
  }
}
