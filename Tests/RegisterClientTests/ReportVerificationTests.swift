import AccessLog
import Testing
import Wire

@testable import RegisterClient

struct ReportVerificationTests {
  private let signer: NoteSigner
  private let leaves: [TreeHash]
  private static let origin = "register.example/log"

  init() throws {
    signer = try #require(NoteSigner.generate(name: Self.origin))
    leaves = (0..<9).map { TreeHash.leaf([UInt8($0)]) }
  }

  private func root(_ size: Int) -> TreeHash {
    func tree(_ slice: ArraySlice<TreeHash>) -> TreeHash {
      guard slice.count > 1 else { return slice[slice.startIndex] }
      var half = 1
      while half * 2 < slice.count { half *= 2 }
      return .node(tree(slice.prefix(half)), tree(slice.dropFirst(half)))
    }
    return size == 0 ? .ofEmptyTree : tree(leaves.prefix(size))
  }

  private func note(_ size: Int, by signer: NoteSigner? = nil) -> String {
    (signer ?? self.signer).sign(Checkpoint(origin: Self.origin, size: Int64(size), root: root(size)).text)
  }

  private func row(_ size: Int, note: String? = nil, root: TreeHash? = nil, key: String? = nil) -> JSON {
    [
      "origin": .string(Self.origin), "size": .int(Int64(size)), "root": .string((root ?? self.root(size)).base64),
      "note": .string(note ?? self.note(size)), "key": .string(key ?? signer.verifierKey.description),
    ]
  }

  private var trust: ReportTrust { ReportTrust(keys: [signer.verifierKey.description], remembered: note(4)) }

  private func verdict(_ found: ReportVerification, _ kind: ReportVerification.Kind) -> ReportVerification.Verdict? {
    found.checks.first { $0.kind == kind }?.verdict
  }

  @Test func aKnownKeyAndAGoodSignaturePass() {
    let found = ReportVerification(row: row(8), trust: trust)
    #expect(verdict(found, .form) == .good)
    #expect(verdict(found, .signature) == .good)
    #expect(verdict(found, .key) == .good)
    #expect(verdict(found, .witnesses) == .open)
    #expect(found.verdict == .good)
    #expect(found.size == 8)
  }

  @Test func aKeyThatOnlyTheServerNamesIsNotEnough() {
    let found = ReportVerification(row: row(8), trust: .none)
    #expect(verdict(found, .signature) == .good)
    #expect(verdict(found, .key) == .open)
    #expect(found.verdict == .open)
  }

  @Test func anotherKeyThanTheKnownOneFails() throws {
    let other = try #require(NoteSigner.generate(name: Self.origin))
    let found = ReportVerification(
      row: row(8, note: note(8, by: other), key: other.verifierKey.description), trust: trust)
    #expect(verdict(found, .signature) == .bad)
    #expect(verdict(found, .key) == .bad)
    #expect(found.verdict == .bad)
  }

  @Test func aRowThatSaysOtherThanItsNoteFails() {
    #expect(verdict(ReportVerification(row: row(8, root: root(7)), trust: trust), .form) == .bad)
    #expect(verdict(ReportVerification(row: row(7, note: note(8)), trust: trust), .form) == .bad)
  }

  @Test(arguments: ["", "no note", "a\nb\n\n— x y\n", "register.example/log\n8\n"])
  func notesThatAreNoneFail(note: String) {
    let found = ReportVerification(row: row(8, note: note), trust: trust)
    #expect(found.verdict == .bad)
    #expect(found.checks.map(\.kind) == [.form])
  }

  @Test func aChangedNoteFails() {
    let changed = note(8).replacing("\n8\n", with: "\n9\n")
    let found = ReportVerification(row: row(9, note: changed, root: root(8)), trust: trust)
    #expect(verdict(found, .signature) == .bad)
  }

  @Test func growthIsShownByAProof() throws {
    var found = ReportVerification(row: row(8), trust: trust)
    let earlier = try #require(found.remembered(trust))
    #expect(earlier.size == 4)
    #expect(found.needsProof(since: earlier))
    // From 4 to 8 leaves the proof is the right half's root.
    let right = TreeHash.node(.node(leaves[4], leaves[5]), .node(leaves[6], leaves[7]))
    for hashes: JSON in [[.string(right.base64)], .string(right.base64)] {
      var one = found
      one.compare(with: earlier, answer: ["hashes": hashes])
      #expect(verdict(one, .consistency) == .good)
      #expect(one.verdict == .good)
    }
    for hashes: JSON in [[], [.string(leaves[1].base64)], ["x"], .null] {
      var one = found
      one.compare(with: earlier, answer: ["hashes": hashes])
      #expect(verdict(one, .consistency) == .bad)
    }
    found.compare(with: earlier, answer: nil)
    #expect(found.verdict == .bad)
  }

  @Test func aLogThatShrankFails() throws {
    var found = ReportVerification(row: row(2), trust: trust)
    let earlier = try #require(found.remembered(trust))
    #expect(!found.needsProof(since: earlier))
    found.compare(with: earlier, answer: nil)
    #expect(verdict(found, .consistency) == .bad)
  }

  @Test func theSameCheckpointNeedsNoProof() throws {
    var found = ReportVerification(row: row(4), trust: trust)
    let earlier = try #require(found.remembered(trust))
    #expect(!found.needsProof(since: earlier))
    found.compare(with: earlier, answer: nil)
    #expect(verdict(found, .consistency) == .good)
  }

  @Test func aRememberedNoteOfAnotherSignerIsNotUsed() throws {
    let other = try #require(NoteSigner.generate(name: Self.origin))
    let trust = ReportTrust(keys: [signer.verifierKey.description], remembered: note(4, by: other))
    #expect(ReportVerification(row: row(8), trust: trust).remembered(trust) == nil)
  }
}
