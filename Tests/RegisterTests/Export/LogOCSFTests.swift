import AccessLog
import Model
import Testing
import Wire

@testable import Register

struct LogOCSFTests {
  @Test func anAccessIsDatastoreActivity() throws {
    let event = LogOCSF.event(try logged(caseReference: "T-12", person: PersonID(high: 1, low: 2), rows: 4))
    #expect(event["class_uid"] == 6005)
    #expect(event["category_uid"] == 6)
    #expect(event["activity_id"] == 1)
    #expect(event["type_uid"] == 600_501)
    #expect(event["time"] == 1_763_830_958_123)
    #expect(event["severity_id"] == 1)
    #expect(event["status_id"] == 1)
    #expect(event["count"] == 4)
    let whole = JSON.object(event)
    #expect(whole["metadata"]?["version"] == "1.5.0")
    #expect(whole["metadata"]?["product"]?["vendor_name"] == "Rekisteri")
    #expect(whole["metadata"]?["sequence"] == 12)
    #expect(whole["metadata"]?["correlation_uid"]?.string == RequestID(high: 9, low: 9).description)
    #expect(whole["actor"]?["user"]?["uid"]?.string == Account.maija.id.description)
    #expect(whole["actor"]?["session"]?["uid"]?.string == SessionID(high: 7, low: 1).description)
    #expect(whole["src_endpoint"] == ["ip": "192.0.2.7"])
    #expect(whole["database"]?["type_id"] == 1)
    #expect(whole["table"]?["name"] == "person")
    #expect(whole["unmapped"]?["case"] == "T-12")
    #expect(whole["unmapped"]?["purpose"] == "customer-care")
    #expect(whole["unmapped"]?["person"]?.string == PersonID(high: 1, low: 2).description)
    #expect(whole["unmapped"]?["fields"] == ["phone", "email"])
  }

  @Test(arguments: [
    ("auth", 3002, 1), ("session.end", 3002, 2), ("user.add", 3001, 1), ("user.disable", 3001, 5),
    ("user.reset", 3001, 4), ("user.unlock", 3001, 12), ("session.password", 3001, 3), ("role.grant", 3005, 1),
    ("role.revoke", 3005, 2), ("breakglass.take", 3005, 1), ("policy.set", 3006, 99), ("server.start", 6002, 3),
    ("person.find", 6005, 4), ("person.add", 6005, 6), ("person.edit", 6005, 2), ("person.list", 6005, 8),
    ("person.contact.remove", 6005, 7), ("log.export", 6005, 1), ("user.list", 6005, 8), ("whoami", 6005, 99),
    ("", 6005, 99), ("....", 6005, 99),
  ])
  func aVerbHasItsClassAndActivity(_ verb: String, _ group: Int64, _ activity: Int64) throws {
    let event = LogOCSF.event(try logged(verb: verb, subject: Account.mikko.id))
    #expect(event["class_uid"]?.int == group)
    #expect(event["activity_id"]?.int == activity)
    #expect(event["type_uid"]?.int == group * 100 + activity)
    #expect(event["category_uid"]?.int == group / 1000)
    #expect(event["activity_name"]?.string?.isEmpty == false)
  }

  @Test func identityEventsNameWhomTheyAreAbout() throws {
    for verb in ["user.disable", "role.grant", "user.add"] {
      let event = JSON.object(LogOCSF.event(try logged(verb: verb, subject: Account.mikko.id)))
      #expect(event["user"]?["uid"]?.string == Account.mikko.id.description)
      #expect(event["actor"]?["user"]?["uid"]?.string == Account.maija.id.description)
    }
    let failed = JSON.object(
      LogOCSF.event(try logged(verb: "auth", outcome: .denied, code: "auth/failed", address: "unix", user: nil)))
    #expect(failed["user"]?["uid"] == "unknown")
    #expect(failed["status_id"] == 2)
    #expect(failed["status_code"] == "auth/failed")
    #expect(failed["is_remote"] == false)
    #expect(failed["src_endpoint"] == ["name": "unix"])
  }

  @Test func whatWaitsForASecondPersonIsARequestAndNotTheActItself() throws {
    let approval = PersonID(high: 5, low: 6)
    let event = JSON.object(
      LogOCSF.event(try logged(verb: "user.reset", code: "pending/approval", subject: approval.retyped())))
    #expect(event["class_uid"] == 6005)
    #expect(event["activity_id"] == 6)
    #expect(event["table"] == ["name": "approval"])
    #expect(event["status_code"] == "pending/approval")
    #expect(event["message"] == "user.reset pending/approval")
    #expect(event["user"] == nil)
    #expect(event["unmapped"]?["subject"]?.string == approval.description)
    #expect(event["unmapped"]?["verb"] == "user.reset")
  }

  /// What schema.ocsf.io/1.5.0 requires of each class, besides what every event must have.
  static let required: [Int64: [String]] = [
    3001: ["user"], 3002: ["user", "service"], 3005: ["user", "privileges"], 3006: ["group", "privileges"],
    6002: ["app"], 6005: ["actor", "src_endpoint", "database"],
  ]

  @Test func everyEventHasWhatItsClassRequires() throws {
    var entries = HostileEntries(seed: 5)
    let verbs = Catalogue.commands.map { $0.spec.verb } + ["auth", "server.start", "directory.build"]
    for round in 0..<1000 {
      var hostile = try entries.logged()
      if round < 600 { hostile = try logged(verb: verbs[round % verbs.count], outcome: hostile.entry.outcome, rows: 0) }
      let line = LogTextFormat.ocsf.line(hostile)
      let event = try JSON.parse(line)
      let group = try #require(event["class_uid"]?.int)
      let common = ["activity_id", "category_uid", "metadata", "severity_id", "time", "type_uid", "status_id"]
      for name in common + (Self.required[group] ?? []) { #expect(event[name]?.isNull == false, "\(name): \(line)") }
      #expect(event["type_uid"]?.int == group * 100 + (event["activity_id"]?.int ?? -1))
      #expect(event["metadata"]?["product"]?["name"]?.string?.isEmpty == false)
      #expect(event["count"].map { ($0.int ?? 0) > 0 } ?? true)
      // The schema has neither for a program that starts, and takes no attribute it has not.
      #expect((event["actor"] == nil) == (group == 6002))
      let endpoint = event["src_endpoint"]?.object
      #expect(group == 6002 ? endpoint == nil : endpoint?.count == 1 && endpoint?.first?.value.string?.isEmpty == false)
    }
  }

  @Test func aCheckpointIsABaseEvent() throws {
    let event = JSON.object(LogOCSF.checkpoint(size: 7, note: "a\n7\n", at: Instant(microseconds: 1_000)))
    #expect(event["class_uid"] == 0)
    #expect(event["type_uid"] == 99)
    #expect(event["time"] == 1)
    #expect(event["unmapped"] == ["size": 7, "note": "a\n7\n"])
  }
}
