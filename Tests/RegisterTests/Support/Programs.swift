import Foundation
import Postgres

/// The database's own programs.
enum Programs {
  struct Failed: Error { let status: Int32 }

  /// What pg_dump writes of a database.
  static func dump(_ database: TestDatabase, _ options: [String] = []) throws -> String {
    let file = temporaryFolder + "/dump-\(UInt32.random(in: 0...UInt32.max))"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let process = Process()
    let programs = Cluster.binariesDirectories().map { $0 + "/pg_dump" }
    let program = programs.first { FileManager.default.isExecutableFile(atPath: $0) }
    process.executableURL = URL(filePath: program ?? "/usr/bin/pg_dump")
    process.arguments =
      options + ["--file", file, "--dbname", database.cluster.connectionString(database: database.name)]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed(status: process.terminationStatus) }
    return try String(contentsOfFile: file, encoding: .utf8)
  }
}
