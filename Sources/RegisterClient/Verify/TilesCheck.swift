import AccessLog
import Model
import Wire

/// Verifies a directory of tiles and says how far it is.
enum TilesCheck {
  /// Throws `ClientError` where it cannot be read, or holds no log.
  static func run(
    _ path: String, keys: [VerifierKey], allowsMissingEntries: Bool, progress: (Int64, Int64) -> Void
  ) throws -> VerifyReport {
    let folder = TilesFolder(path: path)
    guard try folder.read("checkpoint") != nil else { throw ClientError.usage(VerifyText.noLog) }
    var verifier = TilesVerifier(keys: keys) { try folder.read($0) }
    verifier.allowsMissingEntries = allowsMissingEntries
    do {
      return report(try verifier.verify(progress: progress), allowsMissingEntries)
    } catch let fault as NoteFault {
      var report = VerifyReport(.tiles)
      report.add(fault.reason.hasPrefix("checkpoint: ") ? fault.reason : "checkpoint: \(fault.reason)")
      return report
    }
  }

  private static func report(_ found: TilesVerifier.Report, _ allowsMissingEntries: Bool) -> VerifyReport {
    var report = VerifyReport(.tiles)
    report.checkpoint = found.checkpoint
    report.signers = found.signers
    report.firstBad = found.firstBad
    for problem in found.problems { report.add(problem) }
    report.facts.append(VerifyText.entries.with(.plain(found.entriesChecked)))
    for range in found.missingEntries {
      report.facts.append(VerifyText.missing.with(.plain(range.lowerBound), .plain(range.upperBound - 1)))
    }
    if found.stoppedEarly { report.facts.append(VerifyText.stopped) }
    let isMissing = found.problems.contains { $0.hasPrefix("tile/entries/") && $0.contains(": missing (") }
    if isMissing, !allowsMissingEntries { report.facts.append(VerifyText.missingHint) }
    report.members = [
      "leaves": .int(found.leaves), "entries-checked": .int(found.entriesChecked),
      "missing-bundles": .int(found.missingBundles),
      "missing-entries": .array(
        found.missingEntries.map { ["first": .int($0.lowerBound), "last": .int($0.upperBound - 1)] }),
      "stopped-early": .bool(found.stoppedEarly),
    ]
    return report
  }
}
