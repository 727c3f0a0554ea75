import Model

/// Accesses by hour of the day and day of the week, the darker the more.
struct HeatChart: ReportChart {
  let id = "hours"
  let counts: [[Int64]]

  /// Steps of the scale after "none".
  static let steps = 5

  init(_ data: ReportData) { counts = data.weekHours }

  private var most: Int64 { counts.joined().max() ?? 0 }
  var isEmpty: Bool { most == 0 }

  func title(_ format: ReportFormat) -> String { ReportText.heatTitle[format.language] }

  func summary(_ format: ReportFormat) -> String {
    guard !isEmpty else { return ReportText.nothing[format.language] }
    var place = (weekday: 0, hour: 0)
    for weekday in 0..<7 {
      for hour in 0..<24 where counts[weekday][hour] > counts[place.weekday][place.hour] { place = (weekday, hour) }
    }
    let total = counts.joined().reduce(Int64(0)) { $0.saturating($1) }
    let weekend = (counts[5] + counts[6]).reduce(Int64(0)) { $0.saturating($1) }
    let night = (0..<7).reduce(Int64(0)) { sum, weekday in
      (Array(0..<6) + [22, 23]).reduce(sum) { $0.saturating(counts[weekday][$1]) }
    }
    return ReportText.heatSummary.filled(
      format.language, format.weekday(place.weekday), Self.hours(place.hour), format.number(most),
      format.share(weekend, of: total), format.share(night, of: total), format.zone.name)
  }

  func keys(_ format: ReportFormat) -> [ChartKey] {
    [ChartKey(mark: .area, style: "heat-0", words: "0")]
      + (1...Self.steps).compactMap { step in
        let (low, high) = bounds(step)
        guard low <= high else { return nil }
        let words = low == high ? format.compact(low) : "\(format.compact(low))–\(format.compact(high))"
        return ChartKey(mark: .area, style: "heat-\(step)", words: words)
      }
  }

  func table(_ format: ReportFormat) -> ReportTable {
    var table = ReportTable(
      caption: title(format),
      columns: [.times(ReportText.hour[format.language])] + (0..<7).map { .numbers(format.weekday($0)) })
    table.rows = (0..<24).map { hour in
      [Self.hours(hour)] + (0..<7).map { format.number(counts[$0][hour]) }
    }
    return table
  }

  // MARK: - The picture

  func draw(_ drawing: inout Drawing, _ format: ReportFormat) {
    let left = 34.0, top = 18.0
    let cell = (drawing.width - left - 2) / 24
    let row = drawing.isNarrow ? 24.0 : 28.0
    drawing.height = top + 7 * row + 4
    for hour in stride(from: 0, to: 24, by: drawing.isNarrow ? 6 : 2) {
      drawing.words(ReportFormat.two(hour), (left + Double(hour) * cell, 12))
    }
    for weekday in 0..<7 {
      let y = top + Double(weekday) * row
      drawing.words(format.weekday(weekday), (left - 6, y + row / 2 + 4), anchor: "end")
      for hour in 0..<24 {
        draw((weekday, hour), (left + Double(hour) * cell, y), (cell, row), &drawing, format)
      }
    }
  }

  private func draw(
    _ slot: (weekday: Int, hour: Int), _ at: (x: Double, y: Double), _ size: (width: Double, height: Double),
    _ drawing: inout Drawing, _ format: ReportFormat
  ) {
    let count = counts[slot.weekday][slot.hour]
    let step = step(of: count)
    drawing.rectangle(
      x: at.x + 0.5, y: at.y + 0.5, width: size.width - 1, height: size.height - 1, "heat-\(step)",
      tip: "\(format.weekday(slot.weekday)) \(Self.hours(slot.hour)): \(format.number(count))")
    guard !drawing.isNarrow, count > 0 else { return }
    drawing.words(
      format.compact(count), (at.x + size.width / 2, at.y + size.height / 2 + 4), anchor: "middle",
      "cell cell-\(step)")
  }

  /// 0 for none, else 1 to `steps`, in equal parts of the square root of the most: so that few at night are told from
  /// hardly any.
  func step(of count: Int64) -> Int {
    guard count > 0, most > 0 else { return 0 }
    return min(Self.steps, 1 + Int((Double(count - 1) / Double(most)).squareRoot() * Double(Self.steps)))
  }

  /// The lowest and the highest count of a step, by the same rule as `step(of:)`.
  private func bounds(_ step: Int) -> (Int64, Int64) {
    func edge(_ step: Int) -> Int64 {
      let share = Double(step) / Double(Self.steps)
      return Int64(clamping: (Double(most) * share * share).rounded(.up))
    }
    let low = edge(step - 1).saturating(1)
    let high = step == Self.steps ? most : edge(step)
    return (low, high)
  }

  /// An hour of the day: `09–10`.
  static func hours(_ hour: Int) -> String { "\(ReportFormat.two(hour))–\(ReportFormat.two(hour + 1))" }
}
