import Model

/// How often each of some words occurs, as lying bars, the most frequent first.
struct BarChart: ReportChart {
  let id: String
  /// Words for people and how often, the most frequent first.
  let bars: [(name: String, count: Int64)]
  private let heading: Text
  private let column: Text

  /// Bars that are drawn; the rest is in the table and drawn as one.
  static let barsMax = 15

  /// Accesses by purpose.
  static func purposes(_ data: ReportData, _ format: ReportFormat) -> BarChart {
    BarChart("purposes", ReportText.purposesTitle, ReportText.purpose, data.purposes) { format.purpose($0) }
  }

  /// Accesses by verb.
  static func verbs(_ data: ReportData) -> BarChart {
    BarChart("verbs", ReportText.verbsTitle, ReportText.verb, data.verbs) { $0.map(ValueText.oneLine) ?? "–" }
  }

  /// Accesses by job role.
  static func roles(_ data: ReportData, _ format: ReportFormat) -> BarChart {
    BarChart("roles", ReportText.rolesTitle, ReportText.role, data.roles) { format.role($0) }
  }

  private init(
    _ id: String, _ heading: Text, _ column: Text, _ counts: [ReportData.WordCount], name: (String?) -> String
  ) {
    self.id = id
    self.heading = heading
    self.column = column
    bars = counts.map { (name($0.word), $0.count) }.sorted { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 > $1.1 }
  }

  private var total: Int64 { bars.reduce(0) { $0.saturating($1.count) } }
  var isEmpty: Bool { total == 0 }

  func title(_ format: ReportFormat) -> String { heading[format.language] }

  func summary(_ format: ReportFormat) -> String {
    guard let first = bars.first, !isEmpty else { return ReportText.nothing[format.language] }
    return ReportText.barSummary.filled(
      format.language, first.name, format.number(first.count), format.share(first.count, of: total),
      format.number(Int64(bars.count)))
  }

  func table(_ format: ReportFormat) -> ReportTable {
    var table = ReportTable(
      caption: title(format),
      columns: [
        .words(column[format.language]), .numbers(ReportText.accesses[format.language]),
        .numbers(ReportText.part[format.language]),
      ])
    table.rows = bars.map { [$0.name, format.number($0.count), format.share($0.count, of: total)] }
    return table
  }

  // MARK: - The picture

  func draw(_ drawing: inout Drawing, _ format: ReportFormat) {
    let shown = shownBars(format)
    let widest = shown.map { Drawing.width(of: $0.name) }.max() ?? 0
    // On a narrow screen the words stand above their bars.
    let left = drawing.isNarrow ? 2 : min(widest + 12, drawing.width * 0.34)
    let row = drawing.isNarrow ? 36.0 : 25.0
    drawing.height = Double(shown.count) * row + 6
    let most = shown.map(\.count).max() ?? 0
    for (index, bar) in shown.enumerated() {
      let y = Double(index) * row + 4
      let words = "\(format.number(bar.count)) · \(format.share(bar.count, of: total))"
      let room = drawing.width - left - Drawing.width(of: words) - 12
      let width = bar.count > 0 ? max(1, room * Double(bar.count) / Double(max(1, most))) : 0
      let barY = drawing.isNarrow ? y + 16 : y
      let columns = Int((drawing.isNarrow ? drawing.width - 8 : left - 12) / 6.6)
      let name = DisplayWidth.truncate(bar.name, to: max(1, columns))
      drawing.words(
        name, drawing.isNarrow ? (left, y + 11) : (left - 8, y + 13), anchor: drawing.isNarrow ? "start" : "end")
      drawing.rectangle(x: left, y: barY, width: width, height: 17, "plain", tip: "\(bar.name): \(words)")
      drawing.words(words, (left + width + 6, barY + 13))
    }
  }

  private func shownBars(_ format: ReportFormat) -> [(name: String, count: Int64)] {
    guard bars.count > Self.barsMax else { return bars }
    let rest = bars[(Self.barsMax - 1)...]
    let others = ReportText.others.filled(format.language, format.number(Int64(rest.count)))
    return bars[..<(Self.barsMax - 1)] + [(others, rest.reduce(0) { $0.saturating($1.count) })]
  }
}
