import Synchronization

/// Lets one fdatasync serve all who asked before it began.
///
/// A failed one is remembered for ever: Linux forgets the unwritten pages after it reported them once, so that a later
/// call would succeed with nothing written. The store must be opened again.
final class SyncGate: Sendable {
  private let asked = Atomic<UInt64>(0)
  private let state = Mutex((served: UInt64(0), failure: KeyFault?.none))

  /// Runs `synchronise`, or returns once another's run that began after this call has ended.
  func pass(_ synchronise: () throws(KeyFault) -> Void) throws(KeyFault) {
    let ticket = asked.add(1, ordering: .sequentiallyConsistent).newValue
    let failure = state.withLock { state -> KeyFault? in
      if state.failure != nil || state.served >= ticket { return state.failure }
      let upTo = asked.load(ordering: .sequentiallyConsistent)
      do throws(KeyFault) {
        try synchronise()
        state.served = upTo
      } catch {
        state.failure = error
      }
      return state.failure
    }
    if let failure { throw failure }
  }

  /// Throws where an earlier synchronisation failed.
  func check() throws(KeyFault) {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}
