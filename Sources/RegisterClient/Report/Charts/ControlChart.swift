import Model

/// Refusals a day against what the number of accesses lets expect: a u-chart, drawn as counts.
///
/// The mean rate ū is that of the whole period. A day with n accesses lets expect n·ū refusals; its upper limit is three
/// standard deviations above, n·ū + 3·√(n·ū) (a Poisson count; W. A. Shewhart, "Economic Control of Quality of
/// Manufactured Product", 1931; NIST/SEMATECH e-Handbook of Statistical Methods 6.3.3.1), and never below one.
struct ControlChart: ReportChart {
  let id = "refusals"
  let days: [DayCount]
  /// Refusals an access over the whole period.
  let rate: Double

  /// Days below which limits say little.
  static let daysForLimits = 14

  init(_ data: ReportData) {
    days = data.dayCounts
    let accesses = data.total
    rate = accesses > 0 ? Double(data.total(.denied)) / Double(accesses) : 0
  }

  var isEmpty: Bool { days.allSatisfy { $0.total == 0 } }

  /// What a day lets expect.
  func expected(_ day: DayCount) -> Double { Double(day.total) * rate }

  /// A day's upper limit.
  func limit(_ day: DayCount) -> Double { limit(expecting: expected(day)) }

  private func limit(expecting expected: Double) -> Double { max(1, expected + 3 * expected.squareRoot()) }

  /// The days with more refusals than their limit.
  var beyond: [Int] { days.indices.filter { Double(days[$0][.denied]) > limit(days[$0]) } }

  func title(_ format: ReportFormat) -> String { ReportText.refusalsTitle[format.language] }

  func summary(_ format: ReportFormat) -> String {
    guard !isEmpty else { return ReportText.nothing[format.language] }
    let refusals = days.reduce(Int64(0)) { $0.saturating($1[.denied]) }
    return ReportText.refusalsSummary.filled(
      format.language, format.number(refusals), format.decimal(rate * 1000),
      format.counted(beyond.map { format.proseDay(days[$0].day) }))
  }

  func reading(_ format: ReportFormat) -> String {
    let text = ReportText.refusalsReading[format.language]
    if days.count < Self.daysForLimits { return "\(text) \(ReportText.fewDays[format.language])" }
    return isWeekly(ReportFigure.narrow) ? "\(text) \(ReportText.weeks[format.language])" : text
  }

  func keys(_ format: ReportFormat) -> [ChartKey] {
    [
      ChartKey(mark: .dot, style: "mark", words: ReportText.refusals[format.language]),
      ChartKey(mark: .line, style: "mean", words: ReportText.expected[format.language]),
      ChartKey(mark: .line, style: "limit", words: ReportText.limit[format.language]),
      ChartKey(mark: .diamond, style: "beyond", words: ReportText.beyond[format.language]),
    ]
  }

  func table(_ format: ReportFormat) -> ReportTable {
    var table = ReportTable(
      caption: title(format),
      columns: [
        .times(ReportText.day[format.language]), .numbers(ReportText.accesses[format.language]),
        .numbers(ReportText.refusals[format.language]), .numbers(ReportText.expected[format.language]),
        .numbers(ReportText.limit[format.language]), .words(ReportText.remark[format.language]),
      ])
    table.marked = Set(beyond)
    table.rows = days.indices.map { index in
      let day = days[index]
      return [
        "\(format.day(day.day)) \(format.weekday(day.day.weekday))", format.number(day.total),
        format.number(day[.denied]), format.decimal(expected(day), keepsZero: true),
        format.decimal(limit(day), keepsZero: true),
        table.marked.contains(index) ? ReportText.beyond[format.language] : "",
      ]
    }
    return table
  }

  // MARK: - The picture

  /// A point of the picture: a day, or the days of a week.
  private struct Point {
    let first: Day
    var last: Day
    var refusals: Int64 = 0
    var expected = 0.0
    var limit = 0.0
    /// The first day beyond its limit.
    var beyond: Day?
  }

  /// Whether a picture of a width has no room for a point a day.
  private func isWeekly(_ width: Double) -> Bool { Double(days.count) > (width - 52) / 5 }

  private func points(_ width: Double) -> [Point] {
    let size = isWeekly(width) ? 7 : 1
    let marked = Set(beyond)
    return stride(from: 0, to: days.count, by: size).map { start in
      var point = Point(first: days[start].day, last: days[start].day)
      for index in start..<min(start + size, days.count) {
        point.last = days[index].day
        point.refusals = point.refusals.saturating(days[index][.denied])
        point.expected += expected(days[index])
        if point.beyond == nil, marked.contains(index) { point.beyond = days[index].day }
      }
      point.limit = limit(expecting: point.expected)
      return point
    }
  }

  func draw(_ drawing: inout Drawing, _ format: ReportFormat) {
    drawing.height = drawing.isNarrow ? 200 : 240
    let points = points(drawing.width)
    let most = points.map { max(Double($0.refusals), $0.limit) }.max() ?? 1
    let frame = ChartFrame(drawing, most: most)
    frame.drawTicks(&drawing, format)
    frame.drawDays(days, &drawing, format)
    drawing.polyline(steps(points.map(\.limit), frame), "limit")
    drawing.polyline(steps(points.map(\.expected), frame), "mean")
    let places = points.indices.map { index in
      (x: frame.middle(index, of: points.count), y: frame.scale.place(Double(points[index].refusals)))
    }
    drawing.polyline(places, "trace")
    drawMarks(points, places, frame, &drawing, format)
  }

  private func drawMarks(
    _ points: [Point], _ places: [(x: Double, y: Double)], _ frame: ChartFrame, _ drawing: inout Drawing,
    _ format: ReportFormat
  ) {
    for (point, place) in zip(points, places) {
      let days = point.first == point.last ? "" : "–\(format.day(point.last))"
      let tip = "\(format.day(point.first))\(days): \(format.number(point.refusals))"
      if point.beyond == nil {
        drawing.dot(place, radius: 2.6, "mark", tip: tip)
      } else {
        drawing.diamond(place, radius: 5, "beyond", tip: "\(tip), \(ReportText.beyond[format.language])")
      }
    }
    // Above all lines and marks, and not on one another.
    var labelled = -1000.0
    for (point, place) in zip(points, places) {
      guard let day = point.beyond else { continue }
      let words = format.shortDay(day)
      let half = Drawing.width(of: words) / 2
      let x = min(max(place.x, frame.left + half), frame.right - half)
      guard x - half > labelled + 6 else { continue }
      labelled = x + half
      drawing.words(words, (x, max(10, place.y - 9)), anchor: "middle", "strong")
    }
  }

  /// A line that is level over each point's time.
  private func steps(_ values: [Double], _ frame: ChartFrame) -> [(x: Double, y: Double)] {
    let half = frame.width / Double(max(1, values.count)) / 2
    return values.enumerated().flatMap { index, value in
      let x = frame.middle(index, of: values.count)
      let y = frame.scale.place(value)
      return [(x: x - half, y: y), (x: x + half, y: y)]
    }
  }
}
