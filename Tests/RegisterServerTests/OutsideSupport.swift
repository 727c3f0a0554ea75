import AccessLog
import Crypto
import Glibc
import Model
import Synchronization

@testable import RegisterServer

/// A log in memory, with the leaves 0, 1, 2, … each of one number; another `salt` gives another log.
final class OutsideTestLog: OutsideLogging {
  struct Kept: Equatable {
    let size: Int64
    let name: String
    let keyHash: [UInt8]
    let line: String
  }

  private struct State {
    var size: Int64 = 0
    var salt: UInt8 = 0
    var positions: [String: Int64] = [:]
    var cosignatures: [Kept] = []
    var isLeased = true
    var isReadable = true
  }

  let signer: NoteSigner
  let checkpoints: AsyncStream<String>
  private let continuation: AsyncStream<String>.Continuation
  private let state = Mutex(State())

  init(origin: String = "example.com/log") throws {
    guard let signer = NoteSigner.generate(name: origin) else { throw ServerFault("no name") }
    self.signer = signer
    (checkpoints, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
  }

  /// Grows as another server's sequencer would.
  func grow(to size: Int64) { state.withLock { $0.size = size } }

  /// Grows and says so.
  func sign(_ size: Int64) {
    grow(to: size)
    continuation.yield(note(size))
  }

  /// Puts another log of a size in this one's place.
  func rewrite(_ size: Int64, salt: UInt8) { state.withLock { ($0.size, $0.salt) = (size, salt) } }

  func setLeased(_ isLeased: Bool) { state.withLock { $0.isLeased = isLeased } }
  func setReadable(_ isReadable: Bool) { state.withLock { $0.isReadable = isReadable } }
  func forgetPositions() { state.withLock { $0.positions = [:] } }
  var positions: [String: Int64] { state.withLock { $0.positions } }
  var cosignatures: [Kept] { state.withLock { $0.cosignatures } }

  func checkpoint(_ size: Int64) -> Checkpoint {
    let salt = state.withLock { $0.salt }
    return Checkpoint(
      origin: signer.name, size: size, root: Merkle.root(size: size) { OutsideTestLog.hash($0, salt) })
  }

  func note(_ size: Int64) -> String { signer.sign(checkpoint(size).text) }

  func kept(_ size: Int64) throws -> KeptCheckpoint { try KeptCheckpoint(note(size)) }

  private static func hash(_ node: TreeNode, _ salt: UInt8) -> TreeHash {
    guard node.level > 0 else { return .leaf(Array("\(salt) \(node.index)".utf8)) }
    return .node(
      hash(TreeNode(level: node.level - 1, index: node.index * 2), salt),
      hash(TreeNode(level: node.level - 1, index: node.index * 2 + 1), salt))
  }

  func newest() async throws -> (checkpoint: Checkpoint, note: String) {
    let (size, isReadable) = state.withLock { ($0.size, $0.isReadable) }
    guard isReadable else { throw RegisterError.internal }
    return (checkpoint(size), note(size))
  }

  func consistencyProof(from: Int64, to: Int64) async throws -> [TreeHash] {
    let (size, salt) = state.withLock { ($0.size, $0.salt) }
    guard to <= size, let proof = Merkle.consistencyProof(from: from, to: to, hash: { Self.hash($0, salt) }) else {
      throw RegisterError.notFound
    }
    return proof
  }

  func cosign(size: Int64, name: String, keyHash: [UInt8], line: String) async throws {
    state.withLock { $0.cosignatures.append(Kept(size: size, name: name, keyHash: keyHash, line: line)) }
  }

  func position(_ name: String) async throws -> Int64? { state.withLock { $0.positions[name] } }
  func setPosition(_ name: String, _ position: Int64) async throws { state.withLock { $0.positions[name] = position } }
  func lease(_ name: String) async -> Bool { state.withLock { $0.isLeased } }
}

/// The private key of a witness.
struct OutsideCosigner: Sendable {
  let name: String
  private let seed: [UInt8]

  init(_ name: String = "witness.example/w1") {
    self.name = name
    seed = Array(Curve25519.Signing.PrivateKey().rawRepresentation)
  }

  private func key() throws -> Curve25519.Signing.PrivateKey { try .init(rawRepresentation: seed) }

  func verifierKey() throws -> VerifierKey {
    let publicKey = Array(try key().publicKey.rawRepresentation)
    guard let key = VerifierKey(name: name, algorithm: .cosignature, publicKey: publicKey) else {
      throw ServerFault("no name")
    }
    return key
  }

  /// The line over the text of a note, by tlog-cosignature; `damage` changes the last byte of the signature.
  func line(_ text: String, time: UInt64 = 1_700_000_000, damage: UInt8 = 0) throws -> String {
    let message = Array("cosignature/v1\ntime \(time)\n\(text)".utf8)
    var blob = try verifierKey().id
    for shift in stride(from: 56, through: 0, by: -8) { blob.append(UInt8(truncatingIfNeeded: time >> UInt64(shift))) }
    blob += Array(try key().signature(for: message))
    blob[blob.count - 1] ^= damage
    return "\u{2014} \(name) \(OutsideBase64.encode(blob))"
  }
}

enum OutsideBase64 {
  static func encode(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0...3 { text.append(place <= group.count ? alphabet[value >> (18 - 6 * place) & 63] : "=") }
    }
    return text
  }
}

/// Runs a test with a folder of its own.
func withOutsideFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
  let folder = "/tmp/register-server-outside-\(UInt64.random(in: 0...UInt64.max))"
  try PrivateFiles.makeFolder(folder)
  defer {
    for name in PrivateFiles.names(in: folder) { unlink(folder + "/" + name) }
    rmdir(folder)
  }
  return try await body(folder)
}

/// Whether something becomes true.
func outsideUntil(_ condition: () throws -> Bool) async rethrows -> Bool {
  for _ in 0..<1000 {
    if try condition() { return true }
    try? await Task.sleep(for: .milliseconds(20))
  }
  return false
}
