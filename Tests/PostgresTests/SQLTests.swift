import Testing

@testable import Postgres

@Suite struct SQLTests {
  @Test func interpolationBindsAndNeverPastes() {
    let evil = "'; DROP TABLE person; --"
    let sql: SQL = "SELECT \(evil), \(1), \(raw: "now()")"
    #expect(sql.text == "SELECT $1, $2, now()")
    #expect(sql.parameterCount == 2)
    #expect(sql.oids == [25, 20])
    #expect(sql.lengths == [Int32(evil.utf8.count), 8])
  }

  @Test func appendedPlaceholdersAreNumberedOn() {
    let condition: SQL = "a = \(1) AND name = '$1å' AND b = \("x")"
    let sql: SQL = "SELECT \(true) WHERE \(condition)" + " LIMIT \(Int32(5))"
    #expect(sql.text == "SELECT $1 WHERE a = $2 AND name = '$1å' AND b = $3 LIMIT $4")
    #expect(sql.oids == [16, 20, 25, 23])
    #expect(sql.bytes.count == 1 + 8 + 1 + 4)
  }

  @Test func manyPlaceholdersSurviveNesting() {
    var inner: SQL = ""
    for number in 0..<12 { inner += "\(number)," }
    let sql: SQL = "\(0) \(inner)"
    #expect(sql.text == "$1 " + (2...13).map { "$\($0)," }.joined())
  }

  @Test func namesAndTextsAreQuoted() async throws {
    #expect(SQL.quoted(identifier: "we\"ird\0") == "\"we\"\"ird\"")
    let connection = try await TestServer.connection()
    for text in ["it's", "back\\slash'", "\\", "''"] {
      let row = try await connection.query("SELECT \(raw: SQL.quoted(literal: text)), \(text)").single()
      #expect(try row.string(0) == text)
      #expect(try row.string(1) == text)
    }
    await connection.close()
  }
}
