import Foundation
import Testing

/// The house (docs/architecture.md): imports point only where Package.swift says, and one file opens sealed data.
@Suite struct RoomsTests {
  private struct Import {
    let file: String
    let room: String
    let module: String
    let line: String
  }

  private static func imports() throws -> [Import] {
    let sources = Golden.package + "/Sources"
    let files = FileManager.default.enumerator(atPath: sources)?.compactMap { $0 as? String } ?? []
    var imports: [Import] = []
    for file in files.sorted() where file.hasSuffix(".swift") {
      let room = String(file.prefix { $0 != "/" })
      for line in try String(contentsOfFile: sources + "/" + file, encoding: .utf8).split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: "import"),
          words[..<place].allSatisfy({
            $0.hasPrefix("@") || ["public", "package", "internal", "private", "fileprivate"].contains($0)
          })
        else { continue }
        var rest = words[(place + 1)...]
        if let first = rest.first,
          ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"].contains(first)
        {
          rest = rest.dropFirst()
        }
        guard let module = rest.first?.split(separator: ".").first else { continue }
        imports.append(Import(file: file, room: room, module: String(module), line: String(line)))
      }
    }
    return imports
  }

  /// Each room's dependencies, read from the text of Package.swift.
  private static func dependencies() throws -> [String: Set<String>] {
    let text = try String(contentsOfFile: Golden.package + "/Package.swift", encoding: .utf8)
    var products: [String: String] = [:]
    for match in text.matches(of: /let (\w+): Target\.Dependency = \.product\(name: "(\w+)"/) {
      products[String(match.1)] = String(match.2)
    }
    var result: [String: Set<String>] = [:]
    for match in text.matches(of: /(?:room\(\s*|executableTarget\(\s*name: )"(\w+)",\s*(?:dependencies: )?\[([^\]]*)\]/)
    {
      var modules: Set<String> = []
      var list = String(match.2)
      for product in list.matches(of: /\.product\(name: "(\w+)", package: "[^"]*"\)/) {
        modules.insert(String(product.1))
      }
      list.replace(/\.product\([^)]*\)/, with: "")
      for word in list.split(whereSeparator: { ",\n ".contains($0) }) {
        if word.hasPrefix("\"") {
          modules.insert(word.trimmingCharacters(in: ["\""]))
        } else if let product = products[String(word)] {
          modules.insert(product)
        } else {
          Issue.record("Package.swift: what is \(word)?")
        }
      }
      result[String(match.1)] = modules
    }
    return result
  }

  private static let system: Set<String> = [
    "Swift", "Glibc", "Musl", "Dispatch", "Synchronization", "Foundation", "FoundationEssentials", "RegexBuilder",
  ]

  @Test func everyImportIsOneThatPackageSwiftNames() throws {
    let dependencies = try Self.dependencies()
    let imports = try Self.imports()
    #expect(imports.count > 100)
    #expect(dependencies.count >= 10)
    for item in imports {
      guard let allowed = dependencies[item.room] else {
        Issue.record("Sources/\(item.room) is no target that the test can read")
        continue
      }
      #expect(allowed.contains(item.module) || Self.system.contains(item.module), "\(item.file): \(item.line)")
    }
  }

  @Test func importsPointDownOnly() throws {
    let dependencies = try Self.dependencies()
    func reached(from room: String, _ seen: Set<String> = []) -> Set<String> {
      let direct = dependencies[room] ?? []
      return direct.reduce(into: direct) {
        if !seen.contains($1) { $0.formUnion(reached(from: $1, seen.union([room]))) }
      }
    }
    for room in dependencies.keys { #expect(!reached(from: room).contains(room), "\(room) imports itself") }
    for sibling in ["Wire", "AccessLog", "Sealing", "Postgres"] {
      let own = reached(from: sibling)
      #expect(own.isDisjoint(with: ["Wire", "AccessLog", "Sealing", "Postgres", "Custody", "Register"]), "\(sibling)")
    }
    #expect(reached(from: "RegisterClient").isDisjoint(with: ["Register", "Custody", "Postgres", "Sealing"]))
    #expect(dependencies["Model"]?.isEmpty == true)
  }

  @Test func onlyTheVaultOpensSealedData() throws {
    let openers = try Self.imports().filter { $0.line.contains("@_spi") && !$0.line.contains("@_spi(_Unicode)") }
    #expect(openers.map(\.file) == ["Custody/Disclosure/Vault.swift"])
    #expect(openers.first?.line.contains("@_spi(Custody)") == true)
    let sources = Golden.package + "/Sources"
    for case let file as String in FileManager.default.enumerator(atPath: sources) ?? .init()
    where file.hasSuffix(".swift") {
      let text = try String(contentsOfFile: sources + "/" + file, encoding: .utf8)
      let isAllowed = file.hasPrefix("Sealing/") || file == "Custody/Disclosure/Vault.swift"
      #expect(isAllowed || !text.contains("unsealWithoutReceipt"), "\(file)")
    }
  }

  @Test func theProgramsAreOneCallEach() throws {
    for program in ["rekisterid", "rekisteri"] {
      let files = try FileManager.default.contentsOfDirectory(atPath: Golden.package + "/Sources/" + program)
      #expect(files == ["main.swift"])
    }
  }
}
