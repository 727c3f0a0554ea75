import AccessLog
import Model
import Testing
import Wire

@testable import Register

struct LogCEFTests {
  @Test func aLineHasItsSevenFieldsAndItsPairs() throws {
    let line = LogCEF.line(try logged(verb: "person.show", caseReference: "T-12", person: PersonID(high: 1, low: 2)))
    let (fields, pairs) = try #require(Self.parse(line))
    #expect(
      fields == [
        "CEF:0", "Rekisteri", "rekisterid", Product.version, "person.show",
        try #require(Catalogue.find("person.show")?.spec.summary.en), "3",
      ])
    #expect(pairs["rt"] == "1763830958123")
    #expect(pairs["suid"] == Account.maija.id.description)
    #expect(pairs["src"] == "192.0.2.7")
    #expect(pairs["act"] == "person.show")
    #expect(pairs["outcome"] == "ok")
    #expect(pairs["externalId"] == "12")
    let labels = (1...6).map { (pairs["cs\($0)Label"], pairs["cs\($0)"]) }
    #expect(labels.map(\.0) == ["purpose", "case", "role", "person", "fields", "rid"])
    #expect(
      labels.map(\.1) == [
        "customer-care", "T-12", "customer-service", PersonID(high: 1, low: 2).description, "phone email",
        RequestID(high: 9, low: 9).description,
      ])
    #expect(pairs["cn1"] == "1")
    #expect(pairs["cn1Label"] == "rows")
  }

  @Test func absentValuesHaveNoPair() throws {
    let (_, pairs) = try #require(Self.parse(LogCEF.line(try logged(user: nil))))
    for name in ["suid", "cs2", "cs2Label", "cs4", "cs4Label", "reason", "flexString2"] { #expect(pairs[name] == nil) }
  }

  @Test func addressesHaveTheFieldOfTheirKind() throws {
    func pairs(_ address: String) throws -> [String: String] {
      try #require(Self.parse(LogCEF.line(try logged(address: address)))).pairs
    }
    #expect(try pairs("2001:db8::1")["c6a2"] == "2001:db8::1")
    #expect(try pairs("2001:db8::1")["src"] == nil)
    #expect(try pairs("unix")["shost"] == "unix")
    #expect(try pairs("1.2.3.4.5")["src"] == nil)
    #expect(try pairs("")["shost"] == nil)
  }

  @Test func severityRisesFromWhatWentWellToBreakGlass() {
    #expect(Outcome.allCases.map(LogCEF.severity) == [3, 6, 4, 8])
  }

  @Test func barsAndBackslashesAreEscapedInFieldsAndEqualsSignsAndLineEndsInValues() {
    #expect(LogCEF.field(#"a|b\c=d"#) == #"a\|b\\c=d"#)
    #expect(LogCEF.value(#"a|b\c=d"#) == #"a|b\\c\=d"#)
    #expect(LogCEF.value("a\nb\r\nc\r") == #"a\nb\r\nc\r"#)
    #expect(LogCEF.field("a\nb") == #"a\\u{A}b"#)
    #expect(LogCEF.value("\u{202E}x") == #"\\u{202E}x"#)
  }

  @Test func hostileValuesReadBack() throws {
    var entries = HostileEntries(seed: 4)
    for _ in 0..<1500 {
      let logged = try entries.logged()
      let line = LogCEF.line(logged)
      let (fields, pairs) = try #require(Self.parse(line), "\(line.debugDescription)")
      #expect(fields.count == 7)
      #expect(fields[4] == LogTextRules.plain(logged.entry.verb))
      #expect(pairs["externalId"] == String(logged.index))
      #expect(pairs["suid"] == logged.entry.user?.description)
      #expect(pairs["cs6"] == logged.entry.request.description)
      let reference = logged.entry.caseReference
      #expect(pairs["cs2"] ?? "" == Self.shown(reference))
      #expect(pairs["reason"] ?? "" == Self.shown(logged.entry.code))
    }
  }

  @Test func aCheckpointCarriesItsNote() throws {
    let note = "example.com/log\n12\nAAAA=\n\n— example.com/log bbbb=\n"
    let line = LogCEF.checkpoint(size: 12, note: note, at: Instant(microseconds: 0))
    let (_, pairs) = try #require(Self.parse(line))
    #expect(pairs["msg"] == note)
    #expect(!line.unicodeScalars.contains("\n"))
  }

  /// A value as a reader sees it: line ends stay, the rest that does not show is told.
  private static func shown(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\n" || scalar == "\r" {
        result.append(scalar)
      } else {
        result.append(contentsOf: LogTextRules.plain(String(scalar)).unicodeScalars)
      }
    }
    return String(result)
  }

  /// Reads a line by the standard's rules; nil for what is none.
  private static func parse(_ line: String) -> (fields: [String], pairs: [String: String])? {
    var fields: [String] = []
    var field = String.UnicodeScalarView()
    var rest = line.unicodeScalars[...]
    while fields.count < 7 {
      guard let scalar = rest.popFirst() else { return nil }
      if scalar == "\\" {
        guard let next = rest.popFirst(), next == "\\" || next == "|" else { return nil }
        field.append(next)
      } else if scalar == "|" {
        fields.append(String(field))
        field = .init()
      } else {
        field.append(scalar)
      }
    }
    guard let pairs = extensionPairs(rest) else { return nil }
    return (fields, pairs)
  }

  /// A name is the last word before an equals sign that is not escaped.
  private static func extensionPairs(_ text: Substring.UnicodeScalarView) -> [String: String]? {
    var pairs: [String: String] = [:]
    var name: String?
    var value = String.UnicodeScalarView()
    // Where in `value` the last space that was written as such stands.
    var lastSpace: String.UnicodeScalarView.Index?
    var rest = text
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\\":
        switch rest.popFirst() {
        case "n": value.append("\n")
        case "r": value.append("\r")
        case "=": value.append("=")
        case "\\": value.append("\\")
        default: return nil
        }
      case "=":
        let start = lastSpace.map { value.index(after: $0) } ?? value.startIndex
        let next = String(value[start...])
        guard !next.isEmpty, next.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        if let name {
          guard let lastSpace, pairs.updateValue(String(value[..<lastSpace]), forKey: name) == nil else { return nil }
        }
        name = next
        value = .init()
        lastSpace = nil
      case " ":
        value.append(scalar)
        lastSpace = value.index(before: value.endIndex)
      default: value.append(scalar)
      }
    }
    guard let name, pairs.updateValue(String(value), forKey: name) == nil else { return nil }
    return pairs
  }
}
