import Wire

/// The events of a session that watches: numbered, never waiting in memory, their loss told.
struct EventStream: Sendable {
  private var isOn = false
  private var sequence: Int64 = 0
  private var lost: Int64 = 0

  /// Events are sent from now on.
  mutating func start() { isOn = true }

  /// Writes an event, or counts it as lost where there is no room.
  mutating func add(_ event: JSONObject, hasRoom: Bool, into output: inout [UInt8]) {
    guard isOn else { return }
    guard hasRoom else {
      lost += 1
      return
    }
    reportLost(into: &output)
    write(event, &output)
  }

  /// Tells how many events were lost, if any were.
  mutating func reportLost(into output: inout [UInt8]) {
    guard lost > 0 else { return }
    write(["event": "gap", "lost": .int(lost)], &output)
    lost = 0
  }

  private mutating func write(_ event: JSONObject, _ output: inout [UInt8]) {
    sequence += 1
    var event = event
    event["seq"] = .int(sequence)
    ReplyLine.item(tag: nil, kind: .event, into: &output) { $0.object(event) }
  }
}
