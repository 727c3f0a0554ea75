import Foundation
import Testing

/// Text files that a change of behaviour shows up in, to be read as differences.
///
/// `REKISTERI_GOLDEN=write swift test --filter Golden` writes them anew; look at `git diff` before you keep them.
enum Golden {
  /// The package's own folder, wherever a link to this file lies.
  static let package: String = {
    let real = URL(filePath: #filePath).resolvingSymlinksInPath().path
    return real.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
  }()

  /// Compares a text with the file at a path within the package, or writes it.
  static func check(_ text: String, _ path: String, _ location: SourceLocation = #_sourceLocation) throws {
    let file = package + "/" + path
    if ProcessInfo.processInfo.environment["REKISTERI_GOLDEN"] == "write" {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      return
    }
    let kept = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    guard kept != text else { return }
    let difference = text.split(separator: "\n").difference(from: kept.split(separator: "\n"))
    let lines = difference.prefix(40).map { change in
      switch change {
      case .remove(_, let line, _): "- \(line)"
      case .insert(_, let line, _): "+ \(line)"
      }
    }
    Issue.record(
      "\(path) is not what the program says now:\n\(lines.joined(separator: "\n"))", sourceLocation: location)
  }
}
