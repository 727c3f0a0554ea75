import Crypto
import Custody
import Model

/// Why a finding came to what it did: sealed, for the one who signs it. The log has the hash of the salt and the words.
struct FindingNote: Sendable, Equatable {
  private static let saltBytes = 16

  let id: ID<RecordSeal>
  let sealed: SealedRecord

  init(id: ID<RecordSeal>, sealed: SealedRecord) {
    self.id = id
    self.sealed = sealed
  }

  /// Seals a note within a change; gives the hash for the log, too.
  static func seal(_ text: String, in change: Change) async throws -> (note: FindingNote, hash: [UInt8]) {
    let salted = (0..<saltBytes).map { _ in UInt8.random(in: 0...255) } + Array(text.utf8)
    let id = ID<RecordSeal>.new()
    let note = FindingNote(id: id, sealed: try await change.seal(salted, .note(id)))
    return (note, Array(SHA256.hash(data: salted)))
  }

  /// The words; nil where their key is gone.
  func text(_ vault: Vault, _ receipt: borrowing Receipt) -> String? {
    guard let salted = try? vault.open(sealed, .note(id), receipt) else { return nil }
    return String(decoding: salted.dropFirst(Self.saltBytes), as: UTF8.self)
  }
}
