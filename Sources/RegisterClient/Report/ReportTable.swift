/// A table of figures.
struct ReportTable: Sendable {
  /// A column's heading and what its cells are.
  struct Column: Sendable {
    let title: String
    /// How its cells are set: `words`, `number` or `time`.
    let style: String

    /// A column of words.
    static func words(_ title: String) -> Column { Column(title: title, style: "words") }
    /// A column of times or days, which are not broken.
    static func times(_ title: String) -> Column { Column(title: title, style: "time") }
    /// A column of numbers.
    static func numbers(_ title: String) -> Column { Column(title: title, style: "number") }
  }

  /// What the table shows; a screen reader says it first.
  let caption: String
  let columns: [Column]
  var rows: [[String]] = []
  /// Rows that stand out, by index.
  var marked: Set<Int> = []
  /// Whether the caption says what a heading just above says; it is for screen readers only then.
  var hasHeading = false

  /// The table, in a frame that scrolls where the screen is too narrow.
  var markup: Markup {
    var html = Markup()
    html.element(
      "div",
      ["class": hasHeading ? "scroll quiet" : "scroll", "tabindex": "0", "role": "region", "aria-label": caption]
    ) { html in
      html.element("table") { html in
        html.element("caption", caption)
        html.element("thead") { html in
          html.element("tr") { html in
            for column in columns { html.element("th", ["scope": "col", "class": column.style], column.title) }
          }
        }
        html.element("tbody") { html in
          for (index, row) in rows.enumerated() { append(row, isMarked: marked.contains(index), to: &html) }
        }
      }
    }
    return html
  }

  private func append(_ row: [String], isMarked: Bool, to html: inout Markup) {
    html.element("tr", isMarked ? ["class": "marked"] : [:]) { html in
      for (index, (cell, column)) in zip(row, columns).enumerated() {
        if index == 0 {
          html.element("th", ["scope": "row", "class": column.style]) { $0.isolated(cell) }
        } else {
          html.element("td", ["class": column.style]) { $0.isolated(cell) }
        }
      }
    }
  }
}
