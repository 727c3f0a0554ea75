import AccessLog
import Model
import Testing
import Wire

@testable import RegisterClient

struct ReportPageTests {
  private static func page(_ data: ReportData, _ language: Language = .english) -> String {
    ReportPage(data: data, language: language).html
  }

  private static let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onload='x", "&lt;b&gt;&#x3c;", "]]><!--",
    "</title></svg></style><style>*{}", "\u{202E}drowssap", "a\u{0}b\u{7}c\u{1B}[31m", "שרה", "مريم", "\u{2028}x\ny",
    String(repeating: "W", count: 500), "%s %@ %", "👩‍👩‍👧",
  ]

  private static func hostileData(_ text: String) -> ReportData {
    var data = ReportSamples.busy(days: 3, employees: 8)
    data.server = text
    data.madeBy = text
    data.zone = ReportZone(name: text) { _ in 7200 }
    data.accounts?[0] = .init(id: "u0", name: text, fullName: text, roles: [text], isDisabled: false)
    data.users[0].name = text
    data.roles[0].word = text
    data.purposes[0].word = text
    data.verbs[0].word = text
    data.emergencies[0].user = text
    data.emergencies[0].caseReference = text
    data.emergencies[0].role = text
    data.anomalies = [.init(word: text, count: 1)]
    data.refused = [.init(verb: text, reason: text)]
    data.verification = ReportVerification(
      row: ["origin": .string(text), "root": .string(text), "key": .string(text), "note": .string(text)], trust: .none)
    return data
  }

  @Test(arguments: Language.allCases)
  func pageIsWellFormedInEveryLanguage(language: Language) throws {
    for data in [
      ReportSamples.busy(days: 30), ReportSamples.empty(days: 30), ReportSamples.busy(days: 1, employees: 1),
    ] {
      let reader = try ReportMarkupReader(Self.page(data, language))
      let html = try #require(reader.elements.last)
      #expect(html.name == "html")
      #expect(html.attributes["lang"] == language.rawValue)
      #expect(reader.texts("h1") == [ReportText.title[language]])
    }
  }

  @Test func pageNeedsAndRunsNothing() throws {
    let text = Self.page(ReportSamples.busy(days: 30))
    for forbidden in [
      "<script", "javascript:", "http:", "https:", "//", "@import", "<link", "<img", "<iframe", "<base",
    ] {
      #expect(!text.contains(forbidden), "\(forbidden)")
    }
    for part in text.split(separator: "url(").dropFirst() { #expect(part.first == "#") }
    for element in try ReportMarkupReader(text).elements {
      for (key, value) in element.attributes {
        #expect(!key.hasPrefix("on") && key != "src" && key != "style" && !key.hasPrefix("xlink"), "\(key)")
        if key == "href" { #expect(value.hasPrefix("#")) }
      }
    }
  }

  @Test(arguments: hostile)
  func hostileValuesStayText(text: String) throws {
    let page = Self.page(Self.hostileData(text))
    let reader = try ReportMarkupReader(page)
    #expect(reader.elements.allSatisfy { $0.name != "script" && $0.name != "img" && $0.name != "b" })
    #expect(reader.elements.filter { $0.name == "style" }.count == 1)
    #expect(page.unicodeScalars.allSatisfy { $0 == "\n" || !SafeText.isHidden($0) })
    // What was given is seen as given, but for what does not show.
    let shown = SafeText.forTerminal(ValueText.oneLine(text))
    #expect(reader.texts("td").contains(shown) || reader.texts("th").contains(shown))
  }

  @Test func namesInOtherDirectionsAreIsolated() throws {
    let reader = try ReportMarkupReader(Self.page(Self.hostileData("مريم")))
    let isolated = reader.elements.filter { $0.name == "bdi" && $0.text == "مريم" }
    #expect(isolated.count >= 4)
    #expect(reader.elements.allSatisfy { $0.name != "td" || $0.text != "مريم" || $0.path.last == "tr" })
  }

  @Test(arguments: Language.allCases)
  func everyFigureIsInATable(language: Language) throws {
    let data = ReportSamples.busy(days: 14)
    let format = ReportFormat(language: language, zone: data.zone)
    let cells = Set(try ReportMarkupReader(Self.page(data, language)).texts("td"))
    for day in data.dayCounts {
      #expect(cells.contains(format.number(day.total)))
      for outcome in Outcome.allCases { #expect(cells.contains(format.number(day[outcome]))) }
    }
    for count in data.weekHours.joined() { #expect(cells.contains(format.number(count))) }
    for user in data.users { #expect(cells.contains(format.number(user.count))) }
    for count in data.roles + data.purposes + data.verbs + (data.anomalies ?? []) {
      #expect(cells.contains(format.number(count.count)))
    }
    for use in data.lastUses ?? [:] { #expect(cells.contains(format.time(use.value))) }
  }

  @Test func sameDataGivesTheSameBytes() {
    #expect(Self.page(ReportSamples.busy(days: 30)) == Self.page(ReportSamples.busy(days: 30)))
  }

  @Test func everyPictureHasATitleADescriptionAndATable() throws {
    let reader = try ReportMarkupReader(Self.page(ReportSamples.busy(days: 30)))
    let pictures = reader.elements.filter { $0.name == "svg" && $0.attributes["role"] == "img" }
    #expect(pictures.count == 16)
    let ids = reader.elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    for picture in pictures {
      let named = (picture.attributes["aria-labelledby"] ?? "").split(separator: " ").map { String($0) }
      #expect(named.count == 2 && named.allSatisfy { ids.contains($0) })
    }
    let described = reader.elements.filter { $0.name == "desc" }
    #expect(described.count == 16 && described.allSatisfy { !$0.text.isEmpty })
    #expect(reader.elements.filter { $0.name == "table" && $0.path.contains("details") }.count == 8)
  }

  @Test func linksLeadToSections() throws {
    let reader = try ReportMarkupReader(Self.page(ReportSamples.busy(days: 2)))
    let sections = Set(reader.elements.filter { $0.name == "section" }.compactMap { $0.attributes["id"] })
    let links = reader.elements.filter { $0.name == "a" }.compactMap { $0.attributes["href"]?.dropFirst() }
    #expect(links.count == 11 && links.allSatisfy { sections.contains(String($0)) })
  }

  @Test func emptyPeriodSaysSoAndDrawsNothing() throws {
    let reader = try ReportMarkupReader(Self.page(ReportSamples.empty(days: 30)))
    #expect(!reader.elements.contains { $0.name == "svg" && $0.attributes["role"] == "img" })
    #expect(reader.texts("p").contains(ReportText.nothing.en))
    #expect(reader.texts("p").contains(ReportText.accountsUnknown.en))
    #expect(reader.texts("p").contains(ReportText.noCheckpoint.en))
  }

  @Test func hugeNumbersAreDrawnWithinThePicture() throws {
    var data = ReportSamples.busy(days: 5)
    for index in data.hours.indices { data.hours[index].count = .max - Int64(index) }
    for index in data.users.indices { data.users[index].count = index == 3 ? .max : 1 }
    data.verbs = [.init(word: "a", count: .max), .init(word: "b", count: .max), .init(word: nil, count: 1)]
    data.lastUses?["u3"] = Instant(microseconds: .min / 2)
    let page = Self.page(data)
    for element in try ReportMarkupReader(page).elements where element.path.contains("svg") {
      for key in ["x", "y", "cx", "cy", "width", "height", "x1", "x2", "y1", "y2", "r"] {
        guard let value = element.attributes[key] else { continue }
        let number = try #require(Double(value), "\(element.name) \(key)=\(value)")
        #expect(number >= -1 && number <= 1600, "\(element.name) \(key)=\(value)")
      }
    }
    #expect(page.contains("9,223,372,036,854,775,807"))
  }

  @Test func aYearOfHoursIsAPageOfReasonableSize() throws {
    let data = ReportSamples.busy(days: 366, employees: 300)
    #expect(Set(data.hours.map(\.hour)).count >= 8760)
    let page = Self.page(data, .finnish)
    #expect(page.utf8.count < 1_500_000)
    let reader = try ReportMarkupReader(page)
    #expect(reader.elements.filter { $0.name == "tr" && $0.path.contains("details") }.count > 366 * 2)
  }
}
