import Model

/// When each account was last used, those longest unused first.
struct LastUseChart: ReportChart {
  let id = "accounts"
  let rows: [Row]
  let now: Instant

  /// Days without use after which an account counts as dormant.
  static let dormantDays = 90
  /// Accounts that are drawn; all are in the table.
  static let rowsMax = 40
  /// Days that the picture goes back at most.
  static let daysDrawnMax = 400

  /// An account and when it was last used.
  struct Row: Sendable {
    let account: ReportData.Account
    /// Nil where the log holds nothing of it.
    let last: Instant?
    /// Whole days since then.
    let days: Int?

    /// Whether it can be used and has not been for long.
    var isDormant: Bool { !account.isDisabled && (days ?? .max) >= LastUseChart.dormantDays }
  }

  init(_ data: ReportData) {
    now = data.madeAt
    let (now, lastUses) = (data.madeAt, data.lastUses ?? [:])
    let all = (data.lastUses == nil ? [] : data.accounts ?? []).map { account in
      let last = lastUses[account.id]
      let days = last.map { Int(max(0, now.microseconds - $0.microseconds) / 86_400_000_000) }
      return Row(account: account, last: last, days: days)
    }
    rows = all.sorted { left, right in
      if left.account.isDisabled != right.account.isDisabled { return right.account.isDisabled }
      let (first, second) = (left.last?.microseconds ?? .min, right.last?.microseconds ?? .min)
      return first == second ? left.account.name < right.account.name : first < second
    }
  }

  var isEmpty: Bool { rows.isEmpty }

  func title(_ format: ReportFormat) -> String { ReportText.accountsTitle[format.language] }

  func summary(_ format: ReportFormat) -> String {
    guard !isEmpty else { return ReportText.accountsUnknown[format.language] }
    return ReportText.accountsSummary.filled(
      format.language, format.number(Int64(rows.count)), String(Self.dormantDays),
      format.number(Int64(rows.count(where: \.isDormant))),
      format.number(Int64(rows.count { $0.last == nil && !$0.account.isDisabled })),
      format.number(Int64(rows.count(where: \.account.isDisabled))))
  }

  func reading(_ format: ReportFormat) -> String {
    rows.count > Self.rowsMax ? ReportText.longestUnused.filled(format.language, String(Self.rowsMax)) : ""
  }

  func keys(_ format: ReportFormat) -> [ChartKey] {
    [
      ChartKey(mark: .dot, style: "mark", words: ReportText.lastUse[format.language]),
      ChartKey(mark: .diamond, style: "beyond", words: ReportText.dormant[format.language]),
      ChartKey(mark: .dot, style: "disabled", words: ReportText.disabled[format.language]),
      ChartKey(
        mark: .line, style: "limit", words: ReportText.daysAgo.filled(format.language, String(Self.dormantDays))),
    ]
  }

  func table(_ format: ReportFormat) -> ReportTable {
    var table = ReportTable(
      caption: title(format),
      columns: [
        .words(ReportText.account[format.language]), .words(ReportText.name[format.language]),
        .words(ReportText.role[format.language]), .times(ReportText.lastUse[format.language]),
        .numbers(ReportText.daysSince[format.language]), .words(ReportText.remark[format.language]),
      ])
    table.marked = Set(rows.indices.filter { rows[$0].isDormant })
    table.rows = rows.map { row in
      [
        ValueText.oneLine(row.account.name), ValueText.oneLine(row.account.fullName ?? ""),
        row.account.roles.map { format.role($0) }.joined(separator: ", "),
        row.last.map(format.time) ?? ReportText.never[format.language],
        row.days.map { format.number(Int64($0)) } ?? "–", remark(row, format),
      ]
    }
    return table
  }

  private func remark(_ row: Row, _ format: ReportFormat) -> String {
    row.account.isDisabled
      ? ReportText.disabled[format.language] : row.isDormant ? ReportText.dormant[format.language] : ""
  }

  // MARK: - The picture

  func draw(_ drawing: inout Drawing, _ format: ReportFormat) {
    let shown = rows.prefix(Self.rowsMax)
    let widest = shown.map { Drawing.width(of: $0.account.name) }.max() ?? 0
    let left = min(widest + 14, drawing.width * (drawing.isNarrow ? 0.4 : 0.28))
    let row = 20.0, top = 6.0
    drawing.height = top + Double(shown.count) * row + 24
    let right = drawing.width - (drawing.isNarrow ? 20 : 26)
    let most = min(Self.daysDrawnMax, max(Self.dormantDays + 30, shown.compactMap(\.days).max() ?? 0))
    func place(_ days: Int) -> Double { right - (right - left - 10) * Double(min(days, most)) / Double(most) }
    drawAxis(most, drawing.height - 22, top, place, &drawing, format)
    for (index, account) in shown.enumerated() {
      let y = top + (Double(index) + 0.5) * row
      let name = DisplayWidth.truncate(ValueText.oneLine(account.account.name), to: Int((left - 8) / 6.6))
      drawing.words(name, (left - 4, y + 4), anchor: "end")
      drawing.line((left, y), (right, y), "grid")
      draw(account, y, left, place, &drawing, format)
    }
  }

  private func drawAxis(
    _ most: Int, _ bottom: Double, _ top: Double, _ place: (Int) -> Double, _ drawing: inout Drawing,
    _ format: ReportFormat
  ) {
    let steps = [30, 60, 90, 180]
    let step = steps.first { most / $0 <= (drawing.isNarrow ? 4 : 9) } ?? 180
    for days in stride(from: 0, through: most, by: step) {
      drawing.line((place(days), bottom), (place(days), bottom + 4), "axis")
      let words = days == 0 ? ReportText.today[format.language] : "-\(days)\u{A0}\(ReportText.dayUnit[format.language])"
      drawing.words(words, (place(days), bottom + 16), anchor: "middle")
    }
    drawing.line((place(Self.dormantDays), top), (place(Self.dormantDays), bottom), "limit")
  }

  private func draw(
    _ row: Row, _ y: Double, _ left: Double, _ place: (Int) -> Double, _ drawing: inout Drawing,
    _ format: ReportFormat
  ) {
    guard let days = row.days, let last = row.last else {
      drawing.words(ReportText.never[format.language], (left + 6, y + 4), row.isDormant ? "strong" : "label")
      return
    }
    let at = (x: place(days), y: y)
    let tip = "\(ValueText.oneLine(row.account.name)): \(format.time(last))"
    if row.isDormant {
      drawing.diamond(at, radius: 5, "beyond", tip: tip)
      let words = "\(format.number(Int64(days)))\u{A0}\(ReportText.dayUnit[format.language])"
      drawing.words(words, (at.x + 9, y + 4), "strong")
    } else {
      drawing.dot(at, radius: 4, row.account.isDisabled ? "disabled" : "mark", tip: tip)
    }
  }
}
