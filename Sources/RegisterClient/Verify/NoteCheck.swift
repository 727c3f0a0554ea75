import AccessLog
import Model
import Wire

/// Verifies proofs and checkpoints.
struct NoteCheck: Sendable {
  let keys: [VerifierKey]
  /// The entry that a proof is of, as its file holds it.
  let entry: [UInt8]?

  // MARK: - A proof

  /// Verifies the text of a tlog-proof.
  func proof(_ text: String) -> VerifyReport {
    var report = VerifyReport(.proof)
    do {
      report.take(try verified(text))
    } catch {
      report.add(error.reason)
    }
    return report
  }

  /// The entry may be given as it is or in base64, as `log.prove` has it: the hash tells which.
  private func verified(_ text: String) throws(NoteFault) -> ProofVerifier.Report {
    do {
      return try ProofVerifier.verify(tlogProof: text, entry: entry, keys: keys)
    } catch {
      guard let entry, let line = String(validating: entry, as: UTF8.self),
        let decoded = Base64.decode(line.filter { !$0.isWhitespace }), !decoded.isEmpty
      else { throw error }
      return try ProofVerifier.verify(tlogProof: text, entry: decoded, keys: keys)
    }
  }

  // MARK: - Checkpoints

  /// Verifies a lone checkpoint.
  func checkpoint(_ note: String) -> VerifyReport {
    var report = VerifyReport(.checkpoint)
    report.facts.append(VerifyText.onlySignature)
    _ = open(note, &report)
    return report
  }

  /// Verifies the signature of a checkpoint and keeps it in the report.
  func open(_ note: String, _ report: inout VerifyReport) -> Checkpoint? {
    do {
      let (checkpoint, signers) = try Checkpoint.opened(note, keys: keys)
      report.checkpoint = checkpoint
      report.signers = signers
      return checkpoint
    } catch {
      report.add(error.reason)
      return nil
    }
  }

  /// Verifies checkpoints that were kept one after another: every signature, and that the sizes only grow.
  func checkpoints(_ notes: [String]) -> VerifyReport {
    var report = VerifyReport(.checkpoints)
    var last: Checkpoint?
    for (number, note) in notes.enumerated() {
      let place = Text.plain(number + 1)
      do {
        let (checkpoint, signers) = try Checkpoint.opened(note, keys: keys)
        report.checkpoint = checkpoint
        report.signers = signers
        if let last, last.origin == checkpoint.origin {
          if checkpoint.size < last.size {
            report.add(VerifyText.shrank.with(place, .plain(checkpoint.size), .plain(last.size)))
          } else if checkpoint.size == last.size, checkpoint.root != last.root {
            report.add(VerifyText.twoRoots.with(place, .plain(checkpoint.size)))
          }
        }
        last = checkpoint
      } catch {
        let words = Text(
          en: error.reason, fi: FaultWords.of(error.reason, .finnish), sv: FaultWords.of(error.reason, .swedish))
        report.add(VerifyText.atNote.with(place, words))
      }
    }
    if report.isGood { report.facts.append(VerifyText.notes.with(.plain(notes.count))) }
    report.members = ["checkpoints": .int(Int64(notes.count))]
    return report
  }

  // MARK: - Rows of the server

  /// Verifies a row of `log.prove`, `log.consistency` or `log.checkpoint`; nil for any other.
  func row(_ row: JSONObject) -> VerifyReport? {
    if let proof = row["proof"]?.string {
      let own = row["entry"]?.string.flatMap { Base64.decode($0) }
      return NoteCheck(keys: keys, entry: entry ?? own).proof(proof)
    }
    guard let note = row["note"]?.string else { return nil }
    guard row["root-from"] != nil else { return checkpoint(note) }
    return consistency(row, note)
  }

  private func consistency(_ row: JSONObject, _ note: String) -> VerifyReport {
    var report = VerifyReport(.consistency)
    guard let later = open(note, &report) else { return report }
    let hashes = (row["hashes"]?.array ?? []).map { $0.string.flatMap { TreeHash(base64: $0) } }
    let known = hashes.compactMap { $0 }
    let root = row["root-from"]?.string.flatMap { TreeHash(base64: $0) }
    let from = row["from"]?.int
    report.members = ["from": from.map { .int($0) } ?? .null, "root-from": .string(root?.base64 ?? "")]
    let isProved =
      if let from, let root, known.count == hashes.count {
        Merkle.verifyConsistency(from: from, fromRoot: root, to: later.size, toRoot: later.root, proof: known)
      } else {
        false
      }
    if isProved, let from, let root {
      report.facts.append(VerifyText.grew.with(.plain(later.size), .plain(from), .plain(root)))
    } else {
      report.add(VerifyText.notGrew.with(.plain(later.size), .plain(from ?? 0)))
    }
    return report
  }
}

extension VerifyReport {
  /// Takes what a good proof shows.
  fileprivate mutating func take(_ proof: ProofVerifier.Report) {
    checkpoint = proof.checkpoint
    signers = proof.signers
    isIncomplete = !proof.isEntryVerified
    let words = proof.isEntryVerified ? VerifyText.inLog : VerifyText.noEntry
    facts.append(words.with(.plain(proof.index)))
    members = ["index": .int(proof.index), "entry-verified": .bool(proof.isEntryVerified)]
  }
}
