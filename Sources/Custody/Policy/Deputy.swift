public import Model

/// Somebody stands in for a colleague: reaches the colleague's customers as their own, from one day to another.
public struct Deputy: Hashable, Sendable {
  /// Names the row.
  public var id: ID<Deputy>
  /// Whose customers.
  public var employee: UserID
  /// Who stands in.
  public var deputy: UserID
  /// The first day (UTC).
  public var from: Day
  /// The last day (UTC).
  public var until: Day

  /// A deputy for some days, both included.
  public init(id: ID<Deputy> = .new(), employee: UserID, deputy: UserID, from: Day, until: Day) {
    self.id = id
    self.employee = employee
    self.deputy = deputy
    self.from = from
    self.until = until
  }

  /// Whether it holds on a day.
  public func holds(on day: Day) -> Bool { from <= day && day <= until }
}

/// More distinct persons for an employee on one day, as approved.
public struct Quota: Hashable, Sendable {
  /// Names the row.
  public var id: ID<Quota>
  /// Whose.
  public var employee: UserID
  /// The day (UTC).
  public var day: Day
  /// How many more.
  public var persons: Int32

  /// So many more persons on a day.
  public init(id: ID<Quota> = .new(), employee: UserID, day: Day, persons: Int32) {
    self.id = id
    self.employee = employee
    self.day = day
    self.persons = persons
  }
}
