import AccessLog
import Custody
import Model
import Wire

/// Proves that an entry is in the log: its bytes, the hashes that lead from it to the root, and the signed checkpoint.
struct LogProve: RegisterCommand {
  static let spec = CommandSpec(
    verb: "log.prove",
    summary: Text(
      en: "Prove that an entry is in the access log.", fi: "Todista, että merkintä on käyttölokissa.",
      sv: "Bevisa att en post finns i åtkomstloggen."),
    parameters: [
      .init("index", .int(0...Int.max), required: true, personal: false, TreeWords.index),
      .init("size", .int(1...Int.max), required: false, personal: false, TreeWords.size),
    ],
    columns: ["index", "size", "root", "proof", "entry", "hashes"].map { ColumnSpec($0, personal: $0 == "entry") },
    permission: .object(.log, .read), purpose: .none, effect: .read, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  private let index: Int64
  private let size: Int64?

  init(_ arguments: inout Arguments) throws(RegisterError) {
    _ = try arguments.required("index")
    index = Int64(try arguments.int("index", in: 0...Int.max - 1, default: 0))
    size = arguments.text("size") == nil ? nil : Int64(try arguments.int("size", in: 1...Int.max, default: 1))
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let (tree, deadline) = (call.custody.logTree, call.context.deadline)
    try await call.custody.sequencer.catchUp(deadline: deadline)
    let (checkpoint, note) = if let size { try await tree.note(size: size) } else { try await tree.checkpoint() }
    guard index < checkpoint.size else {
      if let size, try await index < tree.checkpoint().checkpoint.size { throw TreeWords.tooNew(of: size) }
      throw RegisterError.notFound
    }
    try await tree.ensureSigned(checkpoint)
    guard let nodes = Merkle.inclusionNodes(index: index, size: checkpoint.size) else { throw RegisterError.notFound }
    let known = try await tree.hashes(nodes, size: checkpoint.size)
    let hashes = try Merkle.inclusionProof(index: index, size: checkpoint.size) { try known.hash(of: $0) } ?? []
    let (entry, epoch) = try await call.store.entryBytes(index, deadline: deadline)
    if let entry {
      let isProven = Merkle.verifyInclusion(
        leaf: TreeHash.leaf(entry), index: index, size: checkpoint.size, proof: hashes, root: checkpoint.root)
      guard isProven else { throw TreeWords.broken(at: index) }
    }
    let row: JSONObject = [
      "index": .int(index), "size": .int(checkpoint.size), "root": .string(checkpoint.root.base64),
      "proof": .string(TlogProof(index: index, hashes: hashes, checkpoint: note).text),
      // Of a month that was given up only the hashes are left.
      "entry": entry.map { .string(Base64.encode($0)) } ?? .null, "hashes": .names(hashes.map(\.base64)),
    ]
    return try await call.show(permit, [row], epoch: epoch)
  }
}

extension LogTree {
  /// Throws unless the tree of a checkpoint is the beginning of the one that was signed last: nothing is told, let alone
  /// signed anew, of a stored tree that is not the signed one.
  func ensureSigned(_ checkpoint: Checkpoint) async throws {
    let newest = try await self.checkpoint().checkpoint
    guard try await proof(from: checkpoint.size, checkpoint.root, to: newest) != nil else {
      throw RegisterError.unavailableLog
    }
  }

  /// The proof that a tree begins with the one of an earlier size and root; nil where the stored tree does not show it.
  func proof(from size: Int64, _ root: TreeHash, to checkpoint: Checkpoint) async throws -> [TreeHash]? {
    guard let nodes = Merkle.consistencyNodes(from: size, to: checkpoint.size) else { throw RegisterError.notFound }
    let known = try await hashes(nodes, size: checkpoint.size)
    let proof = try Merkle.consistencyProof(from: size, to: checkpoint.size) { try known.hash(of: $0) } ?? []
    let isProven = Merkle.verifyConsistency(
      from: size, fromRoot: root, to: checkpoint.size, toRoot: checkpoint.root, proof: proof)
    return isProven ? proof : nil
  }
}

extension [TreeNode: TreeHash] {
  /// The hash of a node that was asked for.
  func hash(of node: TreeNode) throws(RegisterError) -> TreeHash {
    guard let hash = self[node] else { throw .unavailableLog }
    return hash
  }
}

/// Texts that the commands on the log's tree share.
enum TreeWords {
  static let index = Text(en: "the entry's number", fi: "merkinnän numero", sv: "postens nummer")
  static let size = Text(
    en: "the log as it was with so many entries; the newest checkpoint where it is left out",
    fi: "loki sellaisena kuin se oli, kun merkintöjä oli näin monta; muuten uusin tarkistuspiste",
    sv: "loggen som den var med så här många poster; annars den nyaste kontrollpunkten")

  /// The entry came after the log had this size.
  static func tooNew(of size: Int64) -> RegisterError {
    .invalid(
      "size",
      Text(
        en: "The log had not this entry yet when it had \(size) entries.",
        fi: "Tätä merkintää ei vielä ollut, kun lokissa oli \(size) merkintää.",
        sv: "Posten fanns ännu inte när loggen hade \(size) poster."))
  }

  /// A stored entry, or what is stored beside it, is not what the tree was signed over.
  static func broken(at index: Int64) -> RegisterError {
    RegisterError(
      "unavailable/log",
      Text(
        en: "What is stored of the log does not lead from entry \(index) to the signed checkpoint.",
        fi: "Tallennettu loki ei johda merkinnästä \(index) allekirjoitettuun tarkistuspisteeseen.",
        sv: "Det som är lagrat av loggen leder inte från post \(index) till den signerade kontrollpunkten."),
      hint: Text(
        en: "The operator finds the first bad entry: rekisterid check",
        fi: "Ylläpitäjä löytää ensimmäisen viallisen merkinnän: rekisterid check",
        sv: "Driften hittar den första felaktiga posten: rekisterid check"))
  }
}
