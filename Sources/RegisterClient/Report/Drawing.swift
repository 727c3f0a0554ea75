import Glibc

/// A drawing under construction as SVG, in units of a CSS pixel.
struct Drawing: Sendable {
  /// The width that is to be filled.
  let width: Double
  /// The height; a chart sets it before it draws.
  var height: Double = 200
  private(set) var markup = Markup()

  /// Whether it is made for a telephone's screen.
  var isNarrow: Bool { width < 500 }

  /// A drawing of a width.
  init(width: Double) { self.width = width }

  /// A filled rectangle; `tip` shows where a pointer rests.
  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, _ style: String, tip: String? = nil
  ) {
    shape(
      "rect",
      [
        "x": Self.text(x), "y": Self.text(y), "width": Self.text(max(0, width)), "height": Self.text(max(0, height)),
        "class": style,
      ], tip)
  }

  /// A straight line.
  mutating func line(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ style: String) {
    markup.empty(
      "line",
      [
        "x1": Self.text(from.x), "y1": Self.text(from.y), "x2": Self.text(to.x), "y2": Self.text(to.y),
        "class": style,
      ])
  }

  /// A dot.
  mutating func dot(_ at: (x: Double, y: Double), radius: Double, _ style: String, tip: String? = nil) {
    shape("circle", ["cx": Self.text(at.x), "cy": Self.text(at.y), "r": Self.text(radius), "class": style], tip)
  }

  /// A square on its corner, for what stands out; told from a dot without colour.
  mutating func diamond(_ at: (x: Double, y: Double), radius: Double, _ style: String, tip: String? = nil) {
    let path = [(0.0, -radius), (radius, 0), (0, radius), (-radius, 0)].enumerated()
      .map { "\($0 == 0 ? "M" : "L")\(Self.text(at.x + $1.0)) \(Self.text(at.y + $1.1))" }.joined()
    shape("path", ["d": path + "Z", "class": style], tip)
  }

  /// A line through points.
  mutating func polyline(_ points: [(x: Double, y: Double)], _ style: String) {
    let list = points.map { "\(Self.text($0.x)),\(Self.text($0.y))" }.joined(separator: " ")
    markup.empty("polyline", ["points": list, "class": style])
  }

  /// Words; `anchor` is `start`, `middle` or `end`.
  mutating func words(
    _ content: String, _ at: (x: Double, y: Double), anchor: String = "start", _ style: String = "label"
  ) {
    markup.element(
      "text", ["x": Self.text(at.x), "y": Self.text(at.y), "text-anchor": anchor, "class": style], content)
  }

  private mutating func shape(_ name: StaticString, _ attributes: Markup.Attributes, _ tip: String?) {
    guard let tip else { return markup.empty(name, attributes) }
    markup.element(name, attributes) { $0.element("title", tip) }
  }

  /// The drawing as an element that a screen reader tells by its title and description.
  func element(id: String, style: String, title: String, description: String) -> Markup {
    var html = Markup()
    let attributes: Markup.Attributes = [
      "class": style, "viewBox": "0 0 \(Self.text(width)) \(Self.text(height))", "width": Self.text(width),
      "height": Self.text(height), "role": "img", "aria-labelledby": "\(id)-title \(id)-desc",
    ]
    html.element("svg", attributes) { html in
      html.element("title", ["id": "\(id)-title"], title)
      html.element("desc", ["id": "\(id)-desc"], description)
      html.append(markup)
    }
    return html
  }

  /// A coordinate to a tenth.
  static func text(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let tenths = Int((min(max(value, -1e6), 1e6) * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    let rest = abs(tenths) % 10
    return rest == 0 ? "\(sign)\(abs(tenths) / 10)" : "\(sign)\(abs(tenths) / 10).\(rest)"
  }

  /// About how wide words are in the labels' size; never less than they are for Latin letters.
  static func width(of words: String) -> Double { Double(DisplayWidth.columns(words)) * 6.6 }
}

/// A scale from values to places on a drawing.
struct AxisScale: Sendable {
  let top: Double
  let from: Double
  let to: Double
  private let isLogarithmic: Bool

  /// A scale from 0 to at least `most`; logarithmic ones begin at 0 too, by adding 1.
  init(most: Double, from: Double, to: Double, isLogarithmic: Bool = false) {
    self.from = from
    self.to = to
    self.isLogarithmic = isLogarithmic
    top =
      isLogarithmic ? max(10, Self.powerOfTen(most)) : max(1, Self.step(most) * (most / Self.step(most)).rounded(.up))
    ticks = isLogarithmic ? Self.decades(top) : Self.even(top, Self.step(most))
  }

  /// Values at which the axis has a line.
  let ticks: [Int64]

  /// The place of a value.
  func place(_ value: Double) -> Double {
    let bounded = min(max(0, value), top)
    let share = isLogarithmic ? log2(bounded + 1) / log2(top + 1) : bounded / top
    return from + (to - from) * share
  }

  /// 1, 2 or 5 times a power of ten, so that four of them about reach a value; at least 1.
  private static func step(_ most: Double) -> Double {
    var power = 1.0
    while power * 40 < most { power *= 10 }
    return [1, 2, 5, 10].map { $0 * power }.first { $0 * 4 >= most } ?? power * 10
  }

  private static func powerOfTen(_ most: Double) -> Double {
    var power = 1.0
    while power < most { power *= 10 }
    return power
  }

  private static func even(_ top: Double, _ step: Double) -> [Int64] {
    var ticks: [Int64] = []
    for index in 0...8 where step * Double(index) <= top * 1.0001 {
      ticks.append(Int64(clamping: step * Double(index)))
    }
    return ticks
  }

  private static func decades(_ top: Double) -> [Int64] {
    var ticks: [Int64] = [0]
    var value = 1.0
    while value <= top * 1.0001 {
      ticks.append(Int64(clamping: value))
      value *= 10
    }
    return ticks
  }
}
