import Model

/// Each employee's accesses as a dot, in a strip of their job role with its median.
struct PeerChart: ReportChart {
  let id = "employees"
  let groups: [PeerGroup]
  /// Accesses that no employee made.
  let unattended: Int64

  init(_ data: ReportData) {
    groups = PeerGroup.groups(data)
    unattended = data.users.reduce(0) { $1.id == nil ? $0.saturating($1.count) : $0 }
  }

  private var members: [PeerGroup.Member] { groups.flatMap(\.members) }
  var isEmpty: Bool { groups.isEmpty }

  func title(_ format: ReportFormat) -> String { ReportText.peersTitle[format.language] }

  func summary(_ format: ReportFormat) -> String {
    guard !isEmpty else { return ReportText.nothing[format.language] }
    return ReportText.peersSummary.filled(
      format.language, format.number(Int64(members.count)), format.number(Int64(groups.count)),
      format.counted(members.filter(\.isFarAbove).map(\.name)))
  }

  func reading(_ format: ReportFormat) -> String {
    let text = ReportText.peersReading[format.language]
    return isLogarithmic ? "\(text) \(ReportText.logarithmic[format.language])" : text
  }

  func keys(_ format: ReportFormat) -> [ChartKey] {
    [
      ChartKey(mark: .dot, style: "mark", words: ReportText.employee[format.language]),
      ChartKey(mark: .line, style: "median", words: ReportText.median[format.language]),
      ChartKey(mark: .diamond, style: "beyond", words: ReportText.farAbove[format.language]),
    ]
  }

  func table(_ format: ReportFormat) -> ReportTable {
    var table = ReportTable(
      caption: title(format),
      columns: [
        .words(ReportText.employee[format.language]), .words(ReportText.role[format.language]),
        .numbers(ReportText.accesses[format.language]), .numbers(ReportText.median[format.language]),
        .numbers(ReportText.timesMedian[format.language]), .numbers(ReportText.refusals[format.language]),
        .words(ReportText.remark[format.language]),
      ])
    for group in groups {
      for member in group.members {
        if member.isFarAbove { table.marked.insert(table.rows.count) }
        let roles = member.roles.isEmpty ? [format.role(nil)] : member.roles.map { format.role($0) }
        table.rows.append([
          member.name, roles.joined(separator: ", "), format.number(member.count), format.decimal(group.median),
          group.median > 0 ? format.decimal(Double(member.count) / group.median, keepsZero: true) : "–",
          format.number(member.refusals), member.isFarAbove ? ReportText.farAbove[format.language] : "",
        ])
      }
    }
    if unattended > 0 {
      table.rows.append([ReportText.nobody[format.language], "–", format.number(unattended), "–", "–", "–", ""])
    }
    return table
  }

  // MARK: - The picture

  /// Whether counts lie so far apart that most dots would be one.
  private var isLogarithmic: Bool {
    let counts = members.map(\.count).filter { $0 > 0 }.sorted()
    guard let most = counts.last else { return false }
    return Double(most) / Double(counts[counts.count / 2]) > 40
  }

  func draw(_ drawing: inout Drawing, _ format: ReportFormat) {
    let left = drawing.isNarrow ? 8.0 : 150.0
    let row = drawing.isNarrow ? 74.0 : 58.0
    let top = 6.0
    drawing.height = top + Double(groups.count) * row + 24
    let scale = AxisScale(
      most: Double(members.map(\.count).max() ?? 0), from: left + 8, to: drawing.width - 14,
      isLogarithmic: isLogarithmic)
    let bottom = drawing.height - 22
    var labelled = -1000.0
    for tick in scale.ticks {
      let x = scale.place(Double(tick))
      drawing.line((x, top), (x, bottom), tick == 0 ? "axis" : "grid")
      let words = format.compact(tick)
      let half = Drawing.width(of: words) / 2
      guard x - half > labelled + 4 else { continue }
      labelled = x + half
      drawing.words(words, (x, bottom + 15), anchor: "middle")
    }
    for (index, group) in groups.enumerated() {
      draw(group, from: top + Double(index) * row, to: top + Double(index + 1) * row, left, scale, &drawing, format)
    }
  }

  private func draw(
    _ group: PeerGroup, from top: Double, to bottom: Double, _ left: Double, _ scale: AxisScale,
    _ drawing: inout Drawing, _ format: ReportFormat
  ) {
    let words = "\(format.role(group.role)) (\(group.members.count))"
    if drawing.isNarrow {
      drawing.words(words, (left, top + 14), "strong")
    } else {
      let name = DisplayWidth.truncate(words, to: Int((left - 8) / 6.6))
      drawing.words(name, (left - 4, (top + bottom) / 2 + 4), anchor: "end")
    }
    drawing.line((left, bottom), (drawing.width - 4, bottom), "grid")
    let middle = drawing.isNarrow ? (top + bottom) / 2 + 14 : (top + bottom) / 2 + 4
    let x = scale.place(group.median)
    drawing.line((x, middle - 17), (x, middle + 17), "median")
    drawDots(group, middle: middle, scale, &drawing, format)
  }

  private func drawDots(
    _ group: PeerGroup, middle: Double, _ scale: AxisScale, _ drawing: inout Drawing, _ format: ReportFormat
  ) {
    let radius = group.members.count > 150 ? 1.6 : group.members.count > 50 ? 2.4 : 3.5
    var swarm = DotSwarm(radius: drawing.isNarrow ? radius * 0.85 : radius, height: 15)
    var labelled = Double.infinity
    for member in group.members {
      let x = scale.place(Double(member.count))
      let at = (x: x, y: middle + swarm.offset(at: x))
      let tip = "\(member.name): \(format.number(member.count))"
      guard member.isFarAbove else {
        drawing.dot(at, radius: swarm.radius, "mark", tip: tip)
        continue
      }
      drawing.diamond(at, radius: 5.5, "beyond", tip: "\(tip), \(ReportText.farAbove[format.language])")
      let name = DisplayWidth.truncate(member.name, to: 22)
      let half = Drawing.width(of: name) / 2
      let place = min(x, drawing.width - half - 2)
      guard place + half + 6 < labelled else { continue }
      labelled = place - half
      drawing.words(name, (place, middle - 12), anchor: "middle", "strong")
    }
  }
}

/// Places dots of a row above and below each other where they would lie on one another.
struct DotSwarm: Sendable {
  let radius: Double
  let height: Double
  private var placed: [(x: Double, offset: Double)] = []
  private var count = 0

  /// A swarm of dots that may leave the row's middle by `height`.
  init(radius: Double, height: Double) {
    self.radius = radius
    self.height = height
  }

  /// How far from the middle the next dot goes; they come in falling order of their places.
  mutating func offset(at x: Double) -> Double {
    let distance = 2 * radius + 0.5
    placed.removeAll { $0.x - x >= distance }
    let lanes = Int(height / distance) * 2 + 1
    let offsets = (0..<lanes).map { lane -> Double in
      let step = Double((lane + 1) / 2) * distance
      return lane % 2 == 0 ? step : -step
    }
    let free = offsets.first { offset in
      placed.allSatisfy { other in
        let (dx, dy) = (other.x - x, other.offset - offset)
        return dx * dx + dy * dy >= distance * distance * 0.98
      }
    }
    count += 1
    // Where there is no room left dots lie on one another, in all lanes alike.
    guard let free else { return offsets[count % lanes] }
    placed.append((x, free))
    return free
  }
}
