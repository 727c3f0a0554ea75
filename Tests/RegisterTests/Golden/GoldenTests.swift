import AccessLog
import Foundation
import Model
import Postgres
import Testing
import Wire

@testable import Custody
@testable import Register

/// Who may do what, what help says, and the whole schema: each a file that a change is read in.
@Suite struct GoldenTests {
  private static let head = """
    # Written by the tests; read its differences: REKISTERI_GOLDEN=write swift test --filter Golden

    """

  /// A line for each command and role: the purposes that it is allowed for, `-` for none given, or the refusal.
  @Test func everyRoleCommandAndPurposeIsInThePermissionsFile() throws {
    let policy = Policy(rules: Account.rules())
    var text = Self.head
    for spec in Catalogue.commands.map({ $0.spec }).sorted(by: { $0.verb < $1.verb }) {
      let need = spec.purpose == .required ? "required" : spec.purpose == .optional ? "optional" : "none"
      let approval = spec.approval == .never ? "" : spec.approval.isSometimes ? ", approval sometimes" : ", approval"
      text += "\n\(spec.verb)  (\(spec.permissionName); purpose \(need)\(approval))\n"
      for role in JobRole.allCases {
        let purposes: [Purpose?] = spec.purpose == .none ? [nil] : [nil] + Purpose.allCases.map { $0 }
        let decisions = purposes.map { ($0?.name ?? "-", PolicyTests.decided(policy, spec, Account.of(role).id, $0)) }
        let allowed = decisions.filter { $0.1 == "allowed" }.map(\.0)
        let refusals = Set(decisions.filter { $0.1 != "allowed" }.map(\.1)).sorted().joined(separator: " ")
        let answer = allowed.isEmpty ? refusals : spec.purpose == .none ? "allowed" : allowed.joined(separator: " ")
        text += "  \(role.name.padding(toLength: 18, withPad: " ", startingAt: 0))\(answer)\n"
      }
    }
    try Golden.check(text, "Tests/RegisterTests/Golden/permissions.txt")
  }

  @Test(arguments: Language.allCases) func whatHelpSaysIsInAFile(_ language: Language) throws {
    var text = Self.head
    for spec in Catalogue.commands.map({ $0.spec }) {
      let row = spec.described(in: language)
      func word(_ value: JSON?, _ key: String) -> String { value?[key]?.string ?? "" }
      let json = JSON.object(row)
      text += "\n\(spec.verb)  \(word(json, "summary"))\n"
      text += "  \(word(json, "effect")), purpose \(word(json, "purpose")), \(word(json, "permission"))\n"
      for parameter in json["parameters"]?.array ?? [] {
        let flags = ["required", "personal"].filter { parameter[$0]?.bool == true }
        let choices = (parameter["choices"]?.array ?? []).compactMap(\.string)
        let parts = [word(parameter, "type")] + flags + (choices.isEmpty ? [] : [choices.joined(separator: "|")])
        text += "  \(word(parameter, "name")) (\(parts.joined(separator: ", "))): \(word(parameter, "summary"))\n"
      }
      let columns = (json["columns"]?.array ?? []).map {
        ($0["name"]?.string ?? "") + ($0["personal"]?.bool == true ? "*" : "")
      }
      if !columns.isEmpty { text += "  → \(columns.joined(separator: " "))\n" }
    }
    try Golden.check(text, "Tests/RegisterTests/Golden/help-\(language.rawValue).txt")
  }

  @Test func everyTextOfHelpIsThereInThreeLanguages() {
    for spec in Catalogue.commands.map({ $0.spec }) {
      for text in [spec.summary] + spec.parameters.map(\.help) {
        #expect(!text.en.isEmpty && !text.fi.isEmpty && !text.sv.isEmpty, "\(spec.verb)")
      }
    }
  }

  @Test func theSchemaFileIsWhatAllMigrationsMake() async throws {
    let cluster = try await TestServer.template().cluster
    let database = TestDatabase(cluster: cluster, name: "schema_golden")
    try await TestDatabase(cluster: cluster, name: "postgres").script("CREATE DATABASE schema_golden")
    try await TestServer.migrate(database)
    let dump = try Programs.dump(database, ["--schema-only"])
    // What differs between two runs or two minor versions is left out.
    var lines: [Substring] = []
    for line in dump.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("--") || line.hasPrefix("\\") || line.hasPrefix("SET ") || line.hasPrefix("SELECT pg_catalog.")
      {
        continue
      }
      if line.isEmpty, lines.last?.isEmpty != false { continue }
      lines.append(line)
    }
    try Golden.check(
      """
      -- The schema that all migrations together make. Written by the tests, never run:
      -- REKISTERI_GOLDEN=write swift test --filter Golden


      """ + lines.joined(separator: "\n"), "sql/schema.sql")
  }
}
