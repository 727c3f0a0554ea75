import Model

/// A picture of a report with what it takes to be understood without seeing it.
protocol ReportChart: Sendable {
  /// The id of its section of the page.
  var id: String { get }
  /// Whether there is nothing to draw.
  var isEmpty: Bool { get }
  /// What it shows, as a heading.
  func title(_ format: ReportFormat) -> String
  /// What there is to see, in a sentence or two.
  func summary(_ format: ReportFormat) -> String
  /// How to read it; empty where that is plain.
  func reading(_ format: ReportFormat) -> String
  /// The marks and what they stand for.
  func keys(_ format: ReportFormat) -> [ChartKey]
  /// Draws it and sets the drawing's height.
  func draw(_ drawing: inout Drawing, _ format: ReportFormat)
  /// All its figures.
  func table(_ format: ReportFormat) -> ReportTable
}

extension ReportChart {
  func reading(_ format: ReportFormat) -> String { "" }
  func keys(_ format: ReportFormat) -> [ChartKey] { [] }
}

/// A mark of a chart and what it stands for.
struct ChartKey: Sendable {
  /// How the mark is drawn.
  enum Mark: Sendable { case area, line, dot, diamond }
  let mark: Mark
  let style: String
  let words: String
}

/// Puts a chart on the page: drawn for wide and for narrow screens, with its figures as a table below.
enum ReportFigure {
  /// Widths that charts are drawn for.
  static let wide = 760.0, narrow = 330.0

  /// The section of a chart.
  static func section(_ chart: some ReportChart, _ format: ReportFormat) -> Markup {
    var html = Markup()
    html.element("section", ["id": chart.id, "class": "chart", "aria-labelledby": "\(chart.id)-heading"]) { html in
      html.element("h2", ["id": "\(chart.id)-heading"], chart.title(format))
      html.element("p", chart.summary(format))
      guard !chart.isEmpty else { return }
      html.element("figure") { html in
        legend(chart.keys(format), to: &html)
        for (style, width) in [("wide", wide), ("narrow", narrow)] {
          var drawing = Drawing(width: width)
          chart.draw(&drawing, format)
          html.append(
            drawing.element(
              id: "\(chart.id)-\(style)", style: style, title: chart.title(format),
              description: chart.summary(format)))
        }
        let reading = chart.reading(format)
        if !reading.isEmpty { html.element("figcaption", reading) }
      }
      details(chart.table(format), format, to: &html)
    }
    return html
  }

  /// A table that opens when asked for.
  static func details(_ table: ReportTable, _ format: ReportFormat, to html: inout Markup) {
    html.element("details") { html in
      html.element("summary", ReportText.figures[format.language])
      html.append(table.markup)
    }
  }

  private static func legend(_ keys: [ChartKey], to html: inout Markup) {
    guard !keys.isEmpty else { return }
    html.element("ul", ["class": "legend"]) { html in
      for key in keys {
        html.element("li") { html in
          mark(key, to: &html)
          html.words(key.words)
        }
      }
    }
  }

  private static func mark(_ key: ChartKey, to html: inout Markup) {
    html.element("svg", ["viewBox": "0 0 18 14", "width": "18", "height": "14", "aria-hidden": "true"]) { html in
      switch key.mark {
      case .area:
        html.empty("rect", ["x": "1", "y": "1", "width": "16", "height": "12", "class": key.style])
      case .line: html.empty("line", ["x1": "0", "y1": "7", "x2": "18", "y2": "7", "class": key.style])
      case .dot: html.empty("circle", ["cx": "9", "cy": "7", "r": "4", "class": key.style])
      case .diamond: html.empty("path", ["d": "M9 1L15 7L9 13L3 7Z", "class": key.style])
      }
    }
  }
}
