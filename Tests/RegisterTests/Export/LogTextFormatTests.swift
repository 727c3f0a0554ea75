import AccessLog
import Model
import Testing
import Wire

@testable import Register

struct LogTextFormatTests {
  @Test(arguments: LogTextFormat.allCases)
  func aLineNeverBreaksWhateverAnEntryHolds(_ format: LogTextFormat) throws {
    var entries = HostileEntries(seed: 1)
    for _ in 0..<1500 {
      let line = format.line(try entries.logged())
      #expect(SafeText.isSafe(line), "\(line.debugDescription)")
    }
  }

  @Test(arguments: LogTextFormat.allCases)
  func noNameOfAnEmployeeIsInALine(_ format: LogTextFormat) throws {
    let line = format.line(try logged())
    #expect(!line.contains("maija"))
    #expect(line.contains(Account.maija.id.description))
  }

  @Test func theHeaderIsOnlyThatOfTheTable() {
    #expect(LogTextFormat.allCases.compactMap(\.header).count == 1)
    #expect(LogTextFormat.csv.header?.hasPrefix("index,at,user,role,purpose,case,verb,outcome,person") == true)
    #expect(LogTextFormat.csv.header?.contains("user-name") == false)
  }

  @Test func jsonHoldsTheRowOfTheLog() throws {
    var entries = HostileEntries(seed: 2)
    for _ in 0..<500 {
      let logged = try entries.logged()
      let read = try JSON.parse(LogTextFormat.ndjson.line(logged))
      #expect(read.object == LogRow.anonymous(logged))
      #expect(read["case"]?.string ?? "" == logged.entry.caseReference)
    }
  }

  @Test func bytesThatAreNoEntryAreRefused() {
    #expect(throws: RegisterError.self) { try LogTextFormat.cef.line(index: 1, bytes: [1, 2, 3]) }
  }

  // MARK: CSV

  @Test func aRecordReadsBackCellByCell() throws {
    var entries = HostileEntries(seed: 3)
    for _ in 0..<500 {
      let logged = try entries.logged()
      let cells = try #require(Self.record(LogTextFormat.csv.line(logged)))
      #expect(cells.count == LogCSV.columns.count)
      let wanted = LogTextRules.plain(logged.entry.caseReference)
      let cell = cells[5]
      #expect(cell == wanted || cell == "'" + wanted)
      #expect(cells[0] == String(logged.index))
      #expect(cells[13] == logged.entry.request.description)
    }
  }

  @Test(arguments: ["=1+1", "+358", "-1", "@SUM(A1)", "\t=1", "\u{FF1D}1"])
  func noCellIsAFormula(_ text: String) throws {
    let cells = try #require(Self.record(LogTextFormat.csv.line(try logged(caseReference: text))))
    let first = try #require(cells[5].unicodeScalars.first)
    #expect(!["=", "+", "-", "@", "\t", "\u{FF1D}"].contains(first))
  }

  /// The cells of a record of RFC 4180; nil for what is none.
  private static func record(_ line: String) -> [String]? {
    var cells: [String] = []
    var rest = line.unicodeScalars[...]
    while true {
      var cell = String.UnicodeScalarView()
      if rest.first == "\"" {
        rest.removeFirst()
        while true {
          guard let scalar = rest.popFirst() else { return nil }
          if scalar != "\"" {
            cell.append(scalar)
          } else if rest.first == "\"" {
            cell.append(rest.removeFirst())
          } else {
            break
          }
        }
      } else {
        while let scalar = rest.first, scalar != "," {
          guard scalar != "\"" else { return nil }
          cell.append(rest.removeFirst())
        }
      }
      cells.append(String(cell))
      guard let separator = rest.popFirst() else { return cells }
      guard separator == "," else { return nil }
    }
  }
}
