/// From where on something in the access log stands out, and when people work.
public struct AnomalySettings: Sendable, Equatable {
  /// Days before the day in question that make up a habit.
  public var habitDays = 28
  /// With fewer active days than these nobody has a habit yet.
  public var habitDaysMin = 5
  /// How many spreads (MAD × 1.4826) above the own median stand out.
  public var spreads = 4.0
  /// Distinct persons a day below which `bulk` never speaks.
  public var bulkMin: Int64 = 20
  /// How many times the colleagues' median `bulk` must be, where there is an own habit.
  public var bulkPeers = 1.5
  /// How many times the colleagues' median `bulk` must be, where there is no own habit yet.
  public var bulkPeersAlone = 3.0
  /// Distinct persons a day from which `bulk` speaks where there is neither habit nor colleague.
  public var bulkAlone: Int64 = 100
  /// Accesses a day outside working hours below which `hours` never speaks.
  public var hoursMin: Int64 = 3
  /// Looks at the same person, without a case, from which `repeated` speaks.
  public var repeatedMin = 5
  /// Days within which those looks fall.
  public var repeatedDays = 7
  /// A surname that more persons than these have tells nothing.
  public var namesakeMax = 20
  /// Refusals a day below which `refusals` never speaks.
  public var refusalsMin: Int64 = 5
  /// Days without any command after which an account wakes.
  public var dormantDays = 60
  /// Looks in the order of the ids from which `walk` speaks.
  public var walkMin = 8
  /// How many persons may be passed over between two looks of a walk.
  public var walkGap = 3
  /// The minute of the day at which working hours start.
  public var workingStart = 7 * 60
  /// The minute of the day at which working hours end.
  public var workingEnd = 18 * 60
  /// Whether Saturdays and Sundays are outside working hours.
  public var weekendsOff = true
  /// Minutes that local standard time is ahead of UTC.
  public var utcOffsetMinutes = 120
  /// Whether summer time is kept as in the European Union (Directive 2000/84/EC).
  public var keepsSummerTime = true

  /// The defaults: those of an office in Finland.
  public init() {}

  /// What `log.anomaly.settings` shows, by name.
  var shown: [(name: String, value: String)] {
    func time(_ minute: Int) -> String {
      let (hour, rest) = (minute / 60, minute % 60)
      return (hour < 10 ? "0" : "") + "\(hour):" + (rest < 10 ? "0" : "") + "\(rest)"
    }
    return [
      ("habit-days", "\(habitDays)"), ("habit-days-min", "\(habitDaysMin)"), ("spreads", "\(spreads)"),
      ("bulk-min", "\(bulkMin)"), ("bulk-peers", "\(bulkPeers)"), ("bulk-peers-alone", "\(bulkPeersAlone)"),
      ("bulk-alone", "\(bulkAlone)"), ("hours-min", "\(hoursMin)"), ("repeated-min", "\(repeatedMin)"),
      ("repeated-days", "\(repeatedDays)"), ("namesake-max", "\(namesakeMax)"), ("refusals-min", "\(refusalsMin)"),
      ("dormant-days", "\(dormantDays)"), ("walk-min", "\(walkMin)"), ("walk-gap", "\(walkGap)"),
      ("working-hours", time(workingStart) + "-" + time(workingEnd)), ("weekends-off", "\(weekendsOff)"),
      ("utc-offset-minutes", "\(utcOffsetMinutes)"), ("summer-time", "\(keepsSummerTime)"),
    ]
  }
}
