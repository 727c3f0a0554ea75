import AccessLog
import Custody
import Glibc
import Register

/// Where the key that signs the access log's checkpoints lies, and beside it what anybody verifies them with.
///
/// `log.key` is the signer's text; `log.vkey` has a verifier key a line, the newest first, and goes to auditors and
/// witnesses. `log.key.continues` is there from `rekisterid log-continue` until the new origin has its first checkpoint.
struct LogKeyFiles: Sendable {
  let key: String

  var verifierKeys: String { (key.hasSuffix(".key") ? String(key.dropLast(4)) : key) + ".vkey" }
  private var continues: String { key + ".continues" }

  /// Makes a new key for a log.
  func create(origin: String) throws(ServerFault) {
    try store(try Self.generate(origin))
  }

  private static func generate(_ origin: String) throws(ServerFault) -> NoteSigner {
    guard let signer = NoteSigner.generate(name: origin) else {
      throw ServerFault("log.origin: a name without spaces and + is needed")
    }
    return signer
  }

  private func store(_ signer: NoteSigner) throws(ServerFault) {
    let former = PrivateFiles.exists(verifierKeys) ? try keys() : []
    let all = [signer.verifierKey] + former.filter { $0 != signer.verifierKey }
    try PrivateFiles.write(all.map { "\($0)\n" }.joined(), to: verifierKeys, mode: 0o644)
    try PrivateFiles.write(signer.text + "\n", to: key)
  }

  /// The key; nobody else may read its file.
  func signer() throws(ServerFault) -> NoteSigner {
    var status = stat()
    guard stat(key, &status) == 0 else { throw ServerFault("cannot read \(key): \(PrivateFiles.reason())") }
    guard status.st_mode & 0o077 == 0 else { throw ServerFault("\(key) must be readable by its owner only") }
    return try Self.signer(PrivateFiles.read(key, bytesMax: 4096), named: key)
  }

  /// A key from a file's or a credential's content.
  static func signer(_ bytes: [UInt8], named name: String) throws(ServerFault) -> NoteSigner {
    let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }
    guard let signer = NoteSigner(text) else { throw ServerFault("\(name) holds no key of a log") }
    return signer
  }

  /// The verifier keys, the newest first.
  func keys() throws(ServerFault) -> [VerifierKey] {
    let text = String(decoding: try PrivateFiles.read(verifierKeys, bytesMax: 65_536), as: UTF8.self)
    var keys: [VerifierKey] = []
    for line in text.split(whereSeparator: \.isNewline) {
      guard let key = VerifierKey(String(line)) else { throw ServerFault("\(verifierKeys): a line is no verifier key") }
      keys.append(key)
    }
    return keys
  }

  /// The log's identity; `settings` tell where its checkpoints are kept outside of the database.
  func identity(_ settings: OutsideSettings) throws -> LogIdentity {
    var identity = LogIdentity(signer: try signer())
    identity.witnesses = settings.witnesses.map(\.key)
    if PrivateFiles.exists(verifierKeys) {
      let own = identity.verifierKey
      identity.former = try keys().filter { $0 != own }
    }
    identity.outside = try settings.copies.compactMap { try CheckpointFile.newest($0) }
    if PrivateFiles.exists(continues) {
      let note = String(decoding: try PrivateFiles.read(continues, bytesMax: 65_536), as: UTF8.self)
      identity.continued = try Checkpoint(try SignedNote(note).text)
    }
    return identity
  }

  // MARK: A new origin

  /// Begins a new origin that goes on from the newest checkpoint kept outside; gives its name.
  func continueLog(as origin: String?, copies: [String]) throws -> String {
    let old = try signer()
    let notes = try copies.compactMap { try CheckpointFile.newest($0) }
    let kept = try notes.map { (note: $0, checkpoint: try Checkpoint(try SignedNote($0).text)) }
      .max { $0.checkpoint.size < $1.checkpoint.size }
    guard let kept else {
      throw ServerFault("no checkpoint is kept outside of the database: there is nothing to go on from")
    }
    let known = try PrivateFiles.exists(verifierKeys) ? keys() : [old.verifierKey]
    guard try !SignedNote(kept.note).verify(known).isEmpty else {
      throw ServerFault("the checkpoint that is kept outside is not of this log")
    }
    let name = origin ?? Self.next(after: old.name)
    guard !known.contains(where: { $0.name == name }) else { throw ServerFault("the log was called \(name) before") }
    let signer = try Self.generate(name)
    try PrivateFiles.write(kept.note, to: continues)
    try store(signer)
    return name
  }

  /// The new origin has its first checkpoint.
  func hasContinued() { unlink(continues) }

  /// `name-2` after `name`, `name-3` after `name-2`.
  static func next(after name: String) -> String {
    if let dash = name.lastIndex(of: "-"), let number = Int(name[name.index(after: dash)...]), number > 1 {
      return "\(name[..<dash])-\(number + 1)"
    }
    return name + "-2"
  }
}
