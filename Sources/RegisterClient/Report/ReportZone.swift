import Glibc
import Model

/// A time zone: how far its clocks are from UTC at each instant.
struct ReportZone: Sendable {
  /// What people call it, such as `Europe/Helsinki`.
  let name: String
  private let secondsEast: @Sendable (_ seconds: Int64) -> Int

  /// A zone from its rule: seconds since the Unix epoch to seconds east of UTC.
  init(name: String, secondsEast: @escaping @Sendable (_ seconds: Int64) -> Int) {
    self.name = name
    self.secondsEast = secondsEast
  }

  /// UTC itself.
  static let utc = ReportZone(name: "UTC") { _ in 0 }

  /// The zone of this machine or of the variable `TZ`, as the C library knows it.
  static var client: ReportZone {
    tzset()
    return ReportZone(name: clientName()) { seconds in
      var time = time_t(seconds)
      var local = tm()
      return localtime_r(&time, &local) == nil ? 0 : local.tm_gmtoff
    }
  }

  /// Day, hour and minute on the zone's clocks.
  func local(_ instant: Instant) -> (day: Day, hour: Int, minute: Int) {
    let seconds = (instant.microseconds - Self.floorRemainder(instant.microseconds, 1_000_000)) / 1_000_000
    let shifted = seconds + Int64(secondsEast(seconds))
    let inDay = Self.floorRemainder(shifted, 86_400)
    return (Day(number: Int((shifted - inDay) / 86_400)), Int(inDay / 3600), Int(inDay / 60 % 60))
  }

  /// The first instant of a day; where the clocks skip midnight, the instant of the skip.
  func start(of day: Day) -> Instant {
    let midnight = Int64(day.number) * 86_400
    let guess = midnight - Int64(secondsEast(midnight))
    return Instant(microseconds: (midnight - Int64(secondsEast(guess))) * 1_000_000)
  }

  /// How far the clocks are from UTC at an instant: `UTC+2`, `UTC+5:30`, `UTC`.
  func offset(at instant: Instant) -> String {
    let minutes = secondsEast(instant.microseconds / 1_000_000) / 60
    guard minutes != 0 else { return "UTC" }
    let rest = abs(minutes) % 60
    return "UTC\(minutes < 0 ? "-" : "+")\(abs(minutes) / 60)" + (rest == 0 ? "" : rest < 10 ? ":0\(rest)" : ":\(rest)")
  }

  private static func floorRemainder(_ value: Int64, _ divisor: Int64) -> Int64 {
    let rest = value % divisor
    return rest < 0 ? rest + divisor : rest
  }

  private static func clientName() -> String {
    if let variable = getenv("TZ") {
      let name = String(cString: variable)
      let bare = name.hasPrefix(":") ? String(name.dropFirst()) : name
      return bare.isEmpty ? "UTC" : bare
    }
    guard let found = realpath("/etc/localtime", nil) else { return "UTC" }
    defer { free(found) }
    let parts = String(cString: found).split(separator: "/")
    guard let root = parts.firstIndex(of: "zoneinfo"), root + 1 < parts.endIndex else { return "UTC" }
    return parts[(root + 1)...].joined(separator: "/")
  }
}
