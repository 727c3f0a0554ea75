import Model

/// The page of a report: one HTML document that needs nothing else and runs nothing.
///
/// The same data gives the same bytes.
struct ReportPage: Sendable {
  let data: ReportData
  private let format: ReportFormat
  private var language: Language { format.language }

  /// The page of data, in a language.
  init(data: ReportData, language: Language) {
    self.data = data
    format = ReportFormat(language: language, zone: data.zone)
  }

  /// The document.
  var html: String {
    let sections = sections
    var html = Markup()
    html.raw("<!DOCTYPE html>\n")
    html.element("html", ["lang": language.rawValue]) { html in
      html.element("head") { appendHead(&$0) }
      html.element("body") { html in
        html.raw(ReportStyle.patterns)
        html.element("header") { html in
          appendAbout(&html)
          appendGlance(&html)
        }
        html.element("main") { html in
          appendContents(sections.map { ($0.id, $0.title) }, &html)
          for section in sections { html.append(section.markup) }
        }
      }
    }
    return html.text
  }

  private func appendHead(_ html: inout Markup) {
    html.empty("meta", ["charset": "utf-8"])
    html.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
    html.empty("meta", ["name": "color-scheme", "content": "light dark"])
    html.empty("meta", ["name": "referrer", "content": "no-referrer"])
    html.empty("meta", ["name": "robots", "content": "noindex"])
    html.empty(
      "meta",
      ["http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"])
    html.element("title", "\(ReportText.title[language]) \(days)")
    html.open("style")
    html.raw(ReportStyle.sheet)
    html.close("style")
  }

  /// The period in days.
  private var days: String {
    let (first, last) = (Day(number: data.days.lowerBound), Day(number: data.days.upperBound))
    return first == last ? format.day(first) : "\(format.day(first)) – \(format.day(last))"
  }

  // MARK: - What the page is about

  private func appendAbout(_ html: inout Markup) {
    html.element("h1", ReportText.title[language])
    html.element("dl", ["class": "about"]) { html in
      about(ReportText.register, data.verification.origin ?? "–", &html)
      about(ReportText.server, data.server, &html)
      times(
        ReportText.period,
        [[format.time(data.since), format.time(data.until)], [format.utc(data.since), format.utc(data.until)]], &html)
      about(ReportText.madeBy, data.madeBy, &html)
      let local = "\(format.time(data.madeAt))\u{A0}(\(data.zone.offset(at: data.madeAt)))"
      times(ReportText.madeAt, [[format.utc(data.madeAt)], [local]], &html)
      about(ReportText.clocks, ReportText.zone.filled(language, data.zone.name), &html)
    }
    html.element("p", ["class": "soft"], ReportText.confidential[language])
    for refused in data.refused where refused.verb != "log.anomalies" {
      html.element("p", "\(ReportText.leftOut[language]) \(refused.verb): \(ValueText.oneLine(refused.reason))")
    }
  }

  private func about(_ name: Text, _ value: String, _ html: inout Markup) {
    html.element("dt", name[language])
    html.element("dd") { $0.isolated(ValueText.oneLine(value)) }
  }

  /// Times, each on one line; spans are of two.
  private func times(_ name: Text, _ spans: [[String]], _ html: inout Markup) {
    html.element("dt", name[language])
    html.element("dd") { html in
      for (index, span) in spans.enumerated() {
        if index > 0 { html.words(" · ") }
        for (place, time) in span.enumerated() {
          if place > 0 { html.words(" – ") }
          html.element("span", ["class": "time"], time)
        }
      }
    }
  }

  private func appendGlance(_ html: inout Markup) {
    let employees = data.users.count { $0.id != nil }
    html.element("dl", ["class": "glance", "aria-label": ReportText.atAGlance[language]]) { html in
      glance(ReportText.accesses, format.number(data.total), &html)
      glance(ReportText.refusals, format.number(data.total(.denied)), &html)
      glance(ReportText.emergencies, format.number(data.total(.breakGlass)), &html)
      glance(ReportText.employees, format.number(Int64(employees)), &html)
      if let anomalies = data.anomalies {
        glance(ReportText.openAnomalies, format.number(anomalies.reduce(0) { $0.saturating($1.count) }), &html)
      }
    }
    ReportEvidence.appendVerdict(data.verification, format, to: &html)
  }

  private func glance(_ name: Text, _ value: String, _ html: inout Markup) {
    html.element("div") { html in
      html.element("dt", name[language])
      html.element("dd", value)
    }
  }

  // MARK: - Sections

  private struct Section {
    let id: String
    let title: String
    let markup: Markup
  }

  private var sections: [Section] {
    [
      chart(DailyChart(data)), chart(HeatChart(data)), chart(PeerChart(data)),
      chart(BarChart.purposes(data, format)), chart(BarChart.verbs(data)), chart(BarChart.roles(data, format)),
      chart(ControlChart(data)), chart(LastUseChart(data)),
      section("emergencies", ReportText.emergencyTitle) { ReportEvidence.appendEmergencies(data, format, to: &$0) },
      section("anomalies", ReportText.anomaliesTitle) { ReportEvidence.appendAnomalies(data, format, to: &$0) },
      section("verification", ReportText.verificationTitle) {
        ReportEvidence.appendVerification(data.verification, format, to: &$0)
      },
    ]
  }

  private func chart(_ chart: some ReportChart) -> Section {
    Section(id: chart.id, title: chart.title(format), markup: ReportFigure.section(chart, format))
  }

  private func section(_ id: String, _ title: Text, _ content: (inout Markup) -> Void) -> Section {
    var html = Markup()
    html.element("section", ["id": id, "aria-labelledby": "\(id)-heading"]) { html in
      html.element("h2", ["id": "\(id)-heading"], title[language])
      content(&html)
    }
    return Section(id: id, title: title[language], markup: html)
  }

  private func appendContents(_ entries: [(id: String, title: String)], _ html: inout Markup) {
    html.element("nav", ["aria-label": ReportText.contents[language]]) { html in
      html.element("ul") { html in
        for entry in entries {
          html.element("li") { $0.element("a", ["href": "#\(entry.id)"], entry.title) }
        }
      }
    }
  }
}
