import Crypto
import Model

/// Checks intake rows before they enter the log: each HMAC, each chain without a gap, each named row present.
///
/// Pure: the sequencer feeds it rows and what the database remembers of earlier ones.
struct IntakeVerifier {
  /// An intake row as it was read.
  struct Candidate: Sendable {
    var id: Int64
    var header: [UInt8]
    var bytes: [UInt8]
    var mac: [UInt8]
  }

  /// The last row of a chain that is in the log.
  struct Position: Equatable, Sendable {
    var counter: UInt64
    var mac: [UInt8]
  }

  private let key: SymmetricKey
  /// Where each chain stands; the sequencer fills in what the database remembers.
  private(set) var positions: [ID<IntakeHeader>: Position]
  /// The MACs of rows that are in the log, by intake id, as far as they were asked for.
  private var integrated: [Int64: [UInt8]]

  init(key: SymmetricKey, positions: [ID<IntakeHeader>: Position], integrated: [Int64: [UInt8]]) {
    self.key = key
    self.positions = positions
    self.integrated = integrated
  }

  /// What must be looked up before rows can be checked: chains, and named rows.
  static func references(_ candidates: [Candidate]) -> (chains: [ID<IntakeHeader>], names: [Int64]) {
    var chains: Set<ID<IntakeHeader>> = []
    var names: Set<Int64> = []
    for candidate in candidates {
      guard let header = IntakeHeader(candidate.header), header.kind == .batch else { continue }
      chains.insert(header.chain)
      if header.continued != .none { chains.insert(header.continued.chain) }
      for name in header.names { names.insert(name.intake) }
    }
    return (Array(chains), Array(names))
  }

  /// Checks rows in the order of their ids and returns them in an order that keeps each chain's.
  mutating func verify(_ candidates: [Candidate]) throws(LogFault) -> [(candidate: Candidate, header: IntakeHeader)] {
    var checked: [(candidate: Candidate, header: IntakeHeader)] = []
    for candidate in candidates {
      guard let header = IntakeHeader(candidate.header),
        IntakeStatement.mac(header, bytes: candidate.bytes, key: key) == candidate.mac
      else { throw LogFault(reason: "intake row \(candidate.id) is not as the server wrote it") }
      checked.append((candidate, header))
      integrated[candidate.id] = candidate.mac
    }
    for (candidate, header) in checked where header.kind == .batch {
      try follow(header, candidate)
    }
    for (candidate, header) in checked {
      for name in header.names where integrated[name.intake] != name.mac {
        throw LogFault(reason: "intake row \(name.intake), which row \(candidate.id) names, is missing or another")
      }
    }
    return checked
  }

  private mutating func follow(_ header: IntakeHeader, _ candidate: Candidate) throws(LogFault) {
    if header.counter == 0 {
      guard positions[header.chain] == nil else {
        throw LogFault(reason: "intake row \(candidate.id) begins a chain that has begun before")
      }
      if header.continued != .none {
        let before = positions[header.continued.chain]
        guard let before, before.counter >= header.continued.counter,
          before.counter > header.continued.counter || before.mac == header.continued.mac
        else { throw LogFault(reason: "rows before intake row \(candidate.id) are missing") }
      }
    } else {
      guard let before = positions[header.chain], before.counter + 1 == header.counter, before.mac == header.previous
      else { throw LogFault(reason: "rows before intake row \(candidate.id) are missing") }
    }
    positions[header.chain] = Position(counter: header.counter, mac: candidate.mac)
  }
}
