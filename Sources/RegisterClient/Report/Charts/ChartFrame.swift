import Model

/// The space of a chart over days: a scale of numbers to the left, days below.
struct ChartFrame: Sendable {
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  let scale: AxisScale

  /// The frame of a drawing whose highest value is `most`.
  init(_ drawing: Drawing, most: Double) {
    left = 44
    right = drawing.width - 8
    top = 16
    bottom = drawing.height - 32
    scale = AxisScale(most: most, from: bottom, to: top)
  }

  /// The space's width.
  var width: Double { right - left }

  /// The lines of the scale with their numbers.
  func drawTicks(_ drawing: inout Drawing, _ format: ReportFormat) {
    for tick in scale.ticks {
      let y = scale.place(Double(tick))
      drawing.line((left, y), (right, y), tick == 0 ? "axis" : "grid")
      drawing.words(format.compact(tick), (left - 6, y + 4), anchor: "end")
    }
  }

  /// The place of the middle of a day, by its index.
  func middle(_ index: Int, of count: Int) -> Double { left + (Double(index) + 0.5) * width / Double(max(1, count)) }

  /// Days below, as many as have room.
  func drawDays(_ days: [DayCount], _ drawing: inout Drawing, _ format: ReportFormat) {
    let room = max(1, Int(width / (drawing.isNarrow ? 66 : 74)))
    let steps = [1, 2, 7, 14, 28, 56, 91, 122, 182, 364, 728]
    let step = steps.first { days.count <= $0 * room } ?? max(1, days.count / room + 1)
    let isLong = days.count > 330
    for index in stride(from: 0, to: days.count, by: step) {
      let x = middle(index, of: days.count)
      let words = format.shortDay(days[index].day)
      drawing.line((x, bottom), (x, bottom + 4), "axis")
      let half = Drawing.width(of: words) / 2
      guard x + half <= right + 8 else { continue }
      drawing.words(words, (x, bottom + 15), anchor: x - half < 0 ? "start" : "middle")
      if isLong, index == 0 || days[index].day.civil.year != days[max(0, index - step)].day.civil.year {
        drawing.words(String(days[index].day.civil.year), (x, bottom + 27), anchor: "middle")
      }
    }
  }
}
