import Synchronization

/// The connections of a server: counted against the caps, and found again when the server stops.
final class ConnectionTable: Sendable {
  /// What becomes of a new connection.
  enum Admission: Sendable {
    case admitted
    /// One too many, which is told so.
    case busy
    /// Far too many: closed without a word.
    case refused
  }

  private struct State {
    var total = 0
    var busy = 0
    var perAddress: [String: Int] = [:]
    var open: [ObjectIdentifier: SessionConnection] = [:]
    var isStopping = false
  }

  /// Connections at a time that are told that the server is busy.
  private static let busyMax = 256

  private let max: Int
  private let maxPerAddress: Int
  private let state = Mutex(State())

  init(max: Int, maxPerAddress: Int) {
    self.max = max
    self.maxPerAddress = maxPerAddress
  }

  /// Counts a new connection; `release` gives it back.
  func admit(_ address: String) -> Admission {
    state.withLock { state in
      if state.isStopping { return .refused }
      if state.total < max, state.perAddress[address, default: 0] < maxPerAddress {
        state.total += 1
        state.perAddress[address, default: 0] += 1
        return .admitted
      }
      guard state.busy < Self.busyMax else { return .refused }
      state.busy += 1
      return .busy
    }
  }

  /// A connection is gone.
  func release(_ address: String, _ admission: Admission) {
    state.withLock { state in
      switch admission {
      case .admitted:
        state.total -= 1
        let left = state.perAddress[address, default: 1] - 1
        state.perAddress[address] = left > 0 ? left : nil
      case .busy: state.busy -= 1
      case .refused: break
      }
    }
  }

  /// A session began; it is ended at once where the server stops already.
  func add(_ connection: SessionConnection) {
    let isStopping = state.withLock { state in
      state.open[ObjectIdentifier(connection)] = connection
      return state.isStopping
    }
    if isStopping { connection.end(reason: "shutdown", cancelling: true) }
  }

  func remove(_ connection: SessionConnection) {
    state.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(connection)) }
  }

  /// How many sessions are there.
  var count: Int { state.withLock { $0.open.count } }

  /// Admits nobody any more; gives the sessions that are there.
  func stop() -> [SessionConnection] {
    state.withLock { state in
      state.isStopping = true
      return Array(state.open.values)
    }
  }
}
