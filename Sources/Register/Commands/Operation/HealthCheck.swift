public import Model

/// One line of `server.health`. Pure: from figures to a status and words.
public struct HealthCheck: Sendable, Equatable {
  /// How something is, from good to bad.
  public enum Status: String, Comparable, Sendable {
    case ok, warning, failing

    private var rank: Int {
      switch self {
      case .ok: 0
      case .warning: 1
      case .failing: 2
      }
    }

    /// Whether it is better.
    public static func < (left: Status, right: Status) -> Bool { left.rank < right.rank }
  }

  let name: String
  let status: Status
  let detail: Text

  /// How the thing of a name is, and what there is to say about it.
  public init(name: String, status: Status, detail: Text) {
    self.name = name
    self.status = status
    self.detail = detail
  }

  static func database(_ health: StoreHealth, milliseconds: Int) -> HealthCheck {
    let size = health.bytes / 1_048_576
    return HealthCheck(
      name: "database", status: milliseconds < 1000 ? .ok : .warning,
      detail: Text(
        en: "PostgreSQL \(health.version), \(size) MB, answered in \(milliseconds) ms",
        fi: "PostgreSQL \(health.version), \(size) Mt, vastasi \(milliseconds) ms:ssa",
        sv: "PostgreSQL \(health.version), \(size) MB, svarade på \(milliseconds) ms"))
  }

  static func log(_ reasons: [String]) -> HealthCheck {
    guard reasons.isEmpty else {
      let list = reasons.joined(separator: "; ")
      return HealthCheck(
        name: "log", status: .failing,
        detail: Text(
          en: "nothing is released: \(list)", fi: "mitään ei luovuteta: \(list)", sv: "ingenting lämnas ut: \(list)"))
    }
    return HealthCheck(
      name: "log", status: .ok,
      detail: Text(en: "can be written", fi: "kirjoitettavissa", sv: "kan skrivas"))
  }

  static func sequencer(_ health: StoreHealth, at now: Instant) -> HealthCheck {
    let behind = health.waitingSince.map { max(0, (now.microseconds - $0.microseconds) / 1_000_000) } ?? 0
    let limit = Int64(Limits.sequencerBehindSecondsMax)
    let (size, waiting) = (health.logSize, health.waiting)
    return HealthCheck(
      name: "sequencer", status: behind >= limit ? .failing : behind > 5 ? .warning : .ok,
      detail: Text(
        en: "\(size) entries in order, \(waiting) batches waiting, \(behind) s behind",
        fi: "\(size) merkintää järjestyksessä, \(waiting) erää odottaa, \(behind) s jäljessä",
        sv: "\(size) poster i ordning, \(waiting) satser väntar, \(behind) s efter"))
  }

  static func keys(_ slots: Int64, repaired: Int, open: Int) -> HealthCheck {
    HealthCheck(
      name: "keys", status: open > 0 ? .failing : repaired > 0 ? .warning : .ok,
      detail: Text(
        en: "\(slots) places, \(repaired) repaired and \(open) in doubt since the start",
        fi: "\(slots) paikkaa, käynnistyksen jälkeen \(repaired) korjattu ja \(open) epäselvää",
        sv: "\(slots) platser, \(repaired) reparerade och \(open) oklara sedan starten"))
  }

  static func directory(persons: Int) -> HealthCheck {
    HealthCheck(
      name: "directory", status: .ok,
      detail: Text(
        en: "searches among \(persons) persons", fi: "haku kattaa \(persons) henkilöä",
        sv: "söker bland \(persons) personer"))
  }

  static func sessions(_ count: Int) -> HealthCheck {
    HealthCheck(
      name: "sessions", status: .ok,
      detail: Text(en: "\(count) open", fi: "\(count) avoinna", sv: "\(count) öppna"))
  }

  static func uptime(since start: Instant, at now: Instant) -> HealthCheck {
    let seconds = max(0, (now.microseconds - start.microseconds) / 1_000_000)
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
    return HealthCheck(
      name: "uptime", status: .ok,
      detail: Text(
        en: "\(days) d \(hours) h \(minutes) min, since \(start)",
        fi: "\(days) pv \(hours) h \(minutes) min, alkaen \(start)",
        sv: "\(days) d \(hours) h \(minutes) min, sedan \(start)"))
  }
}
