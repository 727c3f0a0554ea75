import Model

/// Accesses a day, one bar on the other by outcome.
struct DailyChart: ReportChart {
  let id = "daily"
  let days: [DayCount]

  /// From the bottom to the top.
  static let outcomes: [Outcome] = [.ok, .failed, .denied, .breakGlass]
  /// Days of one bar where there are too many for a bar each.
  static let binDays = [1, 7, 28, 91]

  init(_ data: ReportData) { days = data.dayCounts }

  private var total: Int64 { days.reduce(0) { $0.saturating($1.total) } }
  var isEmpty: Bool { total == 0 }

  func title(_ format: ReportFormat) -> String { ReportText.dailyTitle[format.language] }

  func summary(_ format: ReportFormat) -> String {
    guard let most = days.max(by: { $0.total < $1.total }), !isEmpty else {
      return ReportText.nothing[format.language]
    }
    let average = Double(total) / Double(days.count)
    return ReportText.dailySummary.filled(
      format.language, format.number(total), format.number(Int64(days.count)), format.decimal(average),
      format.number(most.total), format.proseDay(most.day))
  }

  func reading(_ format: ReportFormat) -> String {
    let bin = Self.bin(days.count, ReportFigure.wide), narrow = Self.bin(days.count, ReportFigure.narrow)
    guard max(bin, narrow) > 1 else { return "" }
    return bin == narrow
      ? ReportText.bins.filled(format.language, String(bin))
      : ReportText.binsNarrow.filled(format.language, String(bin), String(narrow))
  }

  func keys(_ format: ReportFormat) -> [ChartKey] {
    Self.outcomes.map {
      ChartKey(mark: .area, style: "outcome-\($0.name)", words: ReportText.outcome($0)[format.language])
    }
  }

  func table(_ format: ReportFormat) -> ReportTable {
    var table = ReportTable(
      caption: title(format),
      columns: [.times(ReportText.day[format.language])]
        + Self.outcomes.map { .numbers(ReportText.outcome($0)[format.language]) }
        + [.numbers(ReportText.all[format.language])])
    table.rows = days.map { day in
      ["\(format.day(day.day)) \(format.weekday(day.day.weekday))"]
        + Self.outcomes.map { format.number(day[$0]) } + [format.number(day.total)]
    }
    return table
  }

  // MARK: - The picture

  /// How many days a bar stands for, so that it can be told from the next one.
  static func bin(_ days: Int, _ width: Double) -> Int {
    binDays.first { Double(days) / Double($0) <= (width - 60) / 2.6 } ?? binDays[binDays.count - 1]
  }

  func draw(_ drawing: inout Drawing, _ format: ReportFormat) {
    drawing.height = drawing.isNarrow ? 210 : 260
    let bins = binned(Self.bin(days.count, drawing.width))
    let most = bins.map(\.total).max() ?? 0
    let frame = ChartFrame(drawing, most: Double(most))
    frame.drawTicks(&drawing, format)
    let step = frame.width / Double(max(1, bins.count))
    let bar = min(48, step * (step > 6 ? 0.8 : 0.9))
    for (index, bin) in bins.enumerated() {
      let x = frame.left + (Double(index) + 0.5) * step - bar / 2
      drawBar(bin, x: x, width: bar, frame, &drawing, format)
    }
    frame.drawDays(days, &drawing, format)
  }

  private func drawBar(
    _ bin: Bin, x: Double, width: Double, _ frame: ChartFrame, _ drawing: inout Drawing, _ format: ReportFormat
  ) {
    var below: Int64 = 0
    for outcome in Self.outcomes where bin.counts[outcome, default: 0] > 0 {
      let count = bin.counts[outcome, default: 0]
      let bottom = frame.scale.place(Double(below))
      below = below.saturating(count)
      // What happened at all is seen.
      let top = min(frame.scale.place(Double(below)), bottom - 1)
      drawing.rectangle(
        x: x, y: top, width: width, height: bottom - top, "outcome-\(outcome.name)",
        tip: "\(bin.name(format)): \(format.number(count)) \(ReportText.outcome(outcome)[format.language])")
    }
  }

  private struct Bin {
    let first: Day
    var last: Day
    var counts: [Outcome: Int64] = [:]
    var total: Int64 = 0

    func name(_ format: ReportFormat) -> String {
      first == last ? format.day(first) : "\(format.day(first))–\(format.day(last))"
    }
  }

  private func binned(_ size: Int) -> [Bin] {
    stride(from: 0, to: days.count, by: size).map { start in
      let slice = days[start..<min(start + size, days.count)]
      var bin = Bin(first: days[start].day, last: days[start].day)
      for day in slice {
        bin.last = day.day
        bin.total = bin.total.saturating(day.total)
        for outcome in Self.outcomes {
          bin.counts[outcome] = bin.counts[outcome, default: 0].saturating(day[outcome])
        }
      }
      return bin
    }
  }
}
