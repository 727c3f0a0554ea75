import AccessLog
import Model
import Wire

/// Verifies an exported file against the evidence beside it.
struct ExportCheck: Sendable {
  /// The end of an evidence file's name.
  static let suffix = ".evidence.json"
  private static let evidenceBytesMax = 1 << 20

  let path: String
  let keys: [VerifierKey]

  /// The evidence beside a file or folder; nil where there is none. Throws where it is no evidence.
  static func evidence(of path: String) throws(ClientError) -> JSON? {
    guard let bytes = try LocalFile.read(path + suffix, bytesMax: evidenceBytesMax) else { return nil }
    guard let json = try? JSON.parse(String(decoding: bytes, as: UTF8.self)), json["sha256"]?.string != nil,
      json["checkpoint"]?.string != nil
    else { throw .usage(VerifyText.badEvidence) }
    return json
  }

  /// Reads the file and compares. Throws where it cannot be read.
  func run(_ evidence: JSON, progress: (Int64, Int64) -> Void) throws(ClientError) -> VerifyReport {
    var report = VerifyReport(.export)
    let format = evidence["parameters"]?["format"]?.string ?? ""
    let found = try ExportDigest(path, format: format, progress: progress)
    compare("sha256", evidence["sha256"]?.string ?? "–", found.sha256, &report)
    compare("rows", Self.number(evidence["rows"]), String(found.rows), &report)
    compare("bytes", Self.number(evidence["bytes"]), String(found.bytes), &report)
    if found.rows > 0 {
      compare("first", Self.number(evidence["first"]), found.first.map { String($0) } ?? "–", &report)
      compare("last", Self.number(evidence["last"]), found.last.map { String($0) } ?? "–", &report)
    }
    if report.isGood {
      report.facts.append(
        VerifyText.asExported.with(.plain(found.rows), .plain(found.bytes), .plain(found.sha256)))
    }
    checkpoint(evidence, &report)
    if let at = evidence["at"]?.string, let by = evidence["by"]?.string {
      report.facts.append(VerifyText.exportedAt.with(.plain(ValueText.moment(at)), .plain(by)))
    }
    report.facts.append(VerifyText.evidenceLimits)
    report.members = ["rows": .int(found.rows), "bytes": .int(found.bytes), "sha256": .string(found.sha256)]
    return report
  }

  private static func number(_ value: JSON?) -> String { value?.int.map { String($0) } ?? "–" }

  private func compare(_ name: String, _ said: String, _ found: String, _ report: inout VerifyReport) {
    if said != found { report.add(VerifyText.differs.with(.plain(name), .plain(said), .plain(found))) }
  }

  /// The signed checkpoint must cover what was exported, and be the one that the evidence speaks of.
  private func checkpoint(_ evidence: JSON, _ report: inout VerifyReport) {
    let check = NoteCheck(keys: keys, entry: nil)
    guard let checkpoint = check.open(evidence["checkpoint"]?.string ?? "", &report) else { return }
    compare("origin", evidence["origin"]?.string ?? "–", checkpoint.origin, &report)
    compare("size", Self.number(evidence["size"]), String(checkpoint.size), &report)
    if let last = evidence["last"]?.int, last >= checkpoint.size {
      compare("last", String(last), "< \(checkpoint.size)", &report)
    }
  }
}
