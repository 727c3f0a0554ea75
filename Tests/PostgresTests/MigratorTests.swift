import Testing

@testable import Postgres

@Suite struct MigratorTests {
  private let steps = [
    Migration(
      number: 1, name: "people", sql: "CREATE TABLE people (n int); INSERT INTO people VALUES (1);", hash: "aa"),
    Migration(number: 2, name: "more", sql: "ALTER TABLE people ADD name text;", hash: "bb"),
  ]

  @Test func whatIsMissingIsAppliedOnce() async throws {
    let migrator = Migrator(configuration: try await TestServer.database())
    #expect(try await migrator.version() == 0)
    #expect(try await migrator.migrate([steps[0]]) == [1])
    #expect(try await migrator.migrate(steps) == [2])
    #expect(try await migrator.migrate(steps) == [])
    #expect(try await migrator.version() == 2)
  }

  @Test func programsThatStartTogetherMigrateOnce() async throws {
    let migrator = Migrator(configuration: try await TestServer.database())
    let applied = try await withThrowingTaskGroup(of: [Int].self) { group in
      for _ in 0..<4 { group.addTask { try await migrator.migrate(steps) } }
      return try await group.reduce([], +)
    }
    #expect(applied.sorted() == [1, 2])
  }

  @Test func changedFilesGapsAndNewerSchemasAreRefused() async throws {
    let migrator = Migrator(configuration: try await TestServer.database())
    try await migrator.migrate(steps)
    let changed = Migration(number: 1, name: "people", sql: "SELECT 1", hash: "cc")
    await #expect(throws: MigrationError.changed(number: 1, name: "people")) {
      try await migrator.migrate([changed, steps[1]])
    }
    await #expect(throws: MigrationError.gap(expected: 1, found: 2)) { try await migrator.migrate([steps[1]]) }
    await #expect(throws: MigrationError.newerSchema(database: 2, program: 1)) {
      try await migrator.migrate([steps[0]])
    }
  }

  @Test func aFailedMigrationLeavesNothing() async throws {
    let configuration = try await TestServer.database()
    let migrator = Migrator(configuration: configuration)
    let broken = Migration(number: 2, name: "broken", sql: "CREATE TABLE half (n int); SELEKT;", hash: "dd")
    await #expect(throws: MigrationError.self) { try await migrator.migrate([steps[0], broken]) }
    let leaving = Migration(number: 2, name: "leaving", sql: "CREATE TABLE half (n int); ROLLBACK;", hash: "ee")
    await #expect(throws: MigrationError.self) { try await migrator.migrate([steps[0], leaving]) }
    #expect(try await migrator.version() == 1)
    let connection = try await Connection.connect(configuration)
    #expect(try await connection.query("SELECT to_regclass('half') IS NULL").single().bool(0))
    await connection.close()
  }
}
