import Glibc

/// Locks on ranges of slots between the threads of one process, first come first served.
///
/// The kernel's locks belong to an open file description, so they keep out other processes and stores but not other
/// threads that use the same store.
///
/// @unchecked Sendable because the mutex and condition are C memory that must not move; `waiting` is only touched with
/// the mutex held.
final class RangeLocks: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var waiting: [(ticket: UInt64, range: Range<Int64>)] = []
  private var lastTicket: UInt64 = 0

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Waits until nobody who came earlier holds or wants any of the range; gives a ticket for `release`.
  func acquire(_ range: Range<Int64>) -> UInt64 {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    lastTicket += 1
    let ticket = lastTicket
    waiting.append((ticket, range))
    while waiting.contains(where: { $0.ticket < ticket && $0.range.overlaps(range) }) {
      pthread_cond_wait(changed, mutex)
    }
    return ticket
  }

  /// Gives a range back.
  func release(_ ticket: UInt64) {
    pthread_mutex_lock(mutex)
    waiting.removeAll { $0.ticket == ticket }
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }
}
