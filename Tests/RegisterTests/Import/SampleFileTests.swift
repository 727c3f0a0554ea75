import Model
import Testing

@testable import Register

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The file of deploy/samples as an older system wrote it: what is taken of it and what is refused is known row by row.
@Suite struct SampleFileTests {
  static let refusedRows: [Int] = [
    9, 28, 34, 56, 131, 148, 233, 323, 324, 332, 337, 346, 351, 363, 399, 412, 423, 430, 449, 504, 511, 515, 528, 539,
    544,
    557, 559, 567, 571, 592, 616, 648, 649, 652, 693, 714, 724, 729, 731, 736, 738, 776, 793, 804, 823, 835, 841, 846,
    864,
    874, 877, 931, 932, 934, 940, 952, 955, 969, 1013, 1022, 1052, 1064, 1068, 1073, 1091, 1124, 1126, 1135, 1156, 1186,
    1189, 1206, 1224, 1237, 1246, 1254, 1261, 1301, 1323, 1339, 1351, 1364, 1394, 1445, 1461, 1467, 1471, 1495, 1500,
    1508,
    1527, 1551, 1595, 1599, 1622, 1626, 1639, 1683, 1699, 1700, 1744, 1773, 1784, 1804, 1819, 1841, 1883, 1888, 1924,
    1940,
    1955, 1967, 1990, 1998,
  ]

  static func bytes() throws -> [UInt8] {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).map(String.init)
    parts += ["deploy", "samples", "customers.csv"]
    return Array(try Data(contentsOf: URL(filePath: parts.joined(separator: "/"))))
  }

  static func outcomes(pieceBytes: Int) throws -> [ImportOutcome] {
    var decoder = FileTextDecoder()
    var file = CSVImport()
    var outcomes: [ImportOutcome] = []
    let bytes = try bytes()
    for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
      outcomes += try file.feed(decoder.decode(bytes[start..<min(start + pieceBytes, bytes.count)]))
    }
    outcomes += try file.feed(decoder.finish())
    return outcomes + (try file.finish())
  }

  static func rows(_ outcomes: [ImportOutcome]) -> [ImportRow] {
    outcomes.compactMap { if case .row(let row) = $0 { row } else { nil } }
  }

  @Test(arguments: [1, 7, 4096, 1 << 20]) func exactlyTheKnownRowsAreTaken(pieceBytes: Int) throws {
    let outcomes = try Self.outcomes(pieceBytes: pieceBytes)
    #expect(outcomes.count == 2000)
    let rows = Self.rows(outcomes)
    #expect(rows.count == 1886)
    #expect(Set(rows.compactMap { $0.organisation?.businessID }).count == 250)
    #expect(Set(rows.compactMap { $0.organisation?.matchKey }).count == 250)
    #expect(rows.count { $0.kind == .private } == 671)
    #expect(rows.allSatisfy { $0.emails.count == 1 && $0.phones.count == 1 && $0.address?.postcode != nil })
    var refused: [Int] = []
    for case .refused(let problems) in outcomes { refused += Set(problems.map(\.row)) }
    #expect(refused == Self.refusedRows)
  }

  @Test func eachRefusalNamesItsCodeAndColumn() throws {
    var counts: [String: Int] = [:]
    for case .refused(let problems) in try Self.outcomes(pieceBytes: 4096) {
      #expect(problems.count == 1)
      for problem in problems { counts["\(problem.code) \(problem.column)", default: 0] += 1 }
    }
    #expect(
      counts == [
        "invalid/business-id Y-tunnus": 18, "invalid/email Sähköposti": 25, "invalid/first-name Etunimi": 12,
        "invalid/last-name Sukunimi": 8, "invalid/note Huomautus": 12, "invalid/title Titteli": 4,
        "invalid/phone Puhelin": 20, "invalid/columns Postitoimipaikka": 6, "invalid/columns #16": 9,
      ])
  }

  @Test func theSameFileReadTwiceFindsEveryRowAgain() throws {
    let first = Set(Self.rows(try Self.outcomes(pieceBytes: 4096)).flatMap(\.matchKeys))
    let second = Self.rows(try Self.outcomes(pieceBytes: 333))
    #expect(second.allSatisfy { row in row.matchKeys.contains { first.contains($0) } })
    #expect(first.count == 1886, "no row of the file is a copy of another")
    let possible = second.flatMap(\.possibleMatchKeys)
    #expect(Set(possible).count < possible.count, "some rows share a mailbox and a name")
  }

  @Test func wordsAndLinesArriveWhole() throws {
    let rows = Self.rows(try Self.outcomes(pieceBytes: 4096))
    let third = try #require(rows.first { $0.row == 3 })
    #expect(third.note?.description == "Kaksi\nriviä tekstiä")
    #expect(third.status == .former)
    #expect(third.source == .subject)
    #expect(third.gender == .female)
    #expect(rows.first?.phones.first?.description == "+358503774549")
    #expect(rows.first?.note?.description == "Pyytänyt \"vain sähköpostia\"; ei soittoja")
    #expect(rows.contains { $0.note?.description == "=SUM(A1:A9)" })
  }
}
