import CPostgres
import Glibc
import Model
import Synchronization

extension Worker {
  func loop() {
    while !isLost {
      let finishedBefore = finishedCount
      takeInbox()
      receive()
      if isClosing, inflight.isEmpty, pending.isEmpty { return }
      lookAtDeadlines()
      guard !isLost else { return }
      send()
      let unsent = isLost ? -1 : PQflush(connection)
      if unsent < 0 { isLost = true }
      // Sending can read too, where the socket takes no more.
      receive()
      if !isLost, finishedCount == finishedBefore { sleep(forWriting: unsent == 1) }
    }
  }

  private func takeInbox() {
    var jobs: [Job] = []
    var looks = false
    inbox.withLock { inbox in
      inbox.isSleeping = false
      swap(&jobs, &inbox.jobs)
      looks = inbox.needsAttention
      inbox.needsAttention = false
      if inbox.cancelReturned {
        inbox.cancelReturned = false
        cancelIsUnderWay = false
        looks = true
      }
      isClosing = inbox.isClosing
    }
    for job in jobs {
      pending.append(job)
      if let deadline = job.deadline { lookAgain(at: deadline) }
      if job.cancelRequested.load(ordering: .relaxed) { looks = true }
    }
    if looks { nextLook = Tick.past }
  }

  /// Waits for the socket, the inbox or the next deadline.
  private func sleep(forWriting: Bool) {
    var mayWait = true
    inbox.withLock { inbox in
      mayWait = inbox.jobs.isEmpty && !inbox.needsAttention && !inbox.cancelReturned && inbox.isClosing == isClosing
      inbox.isSleeping = mayWait
    }
    var timeout: Int32 = mayWait ? -1 : 0
    if mayWait, let nextLook {
      let now = Tick.now()
      timeout = nextLook > now ? Int32(clamping: (nextLook.nanoseconds - now.nanoseconds + 999_999) / 1_000_000) : 0
    }
    let reads = !(plainIsCopying && copyIsFull)
    var events = Int16(reads ? POLLIN : 0)
    if forWriting { events |= Int16(POLLOUT) }
    var descriptors = [
      pollfd(fd: events == 0 ? -1 : PQsocket(connection), events: events, revents: 0),
      pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&descriptors, 2, timeout) > 0 else { return }
    if descriptors[1].revents != 0 { wakeup.clear() }
    guard descriptors[0].revents & Int16(POLLIN | POLLHUP | POLLERR | POLLNVAL) != 0 else { return }
    let alive = PQconsumeInput(connection) == 1
    takeNotifications()
    if !alive {
      receive()
      isLost = true
    }
  }

  private func takeNotifications() {
    while let notification = PQnotifies(connection) {
      onNotification?(String(cString: notification.pointee.relname), String(cString: notification.pointee.extra))
      PQfreemem(notification)
    }
  }

  func lookAgain(at tick: Tick) {
    if let nextLook, nextLook <= tick { return }
    nextLook = tick
  }

  /// Ends the job at the head and makes the next one the head.
  func finishHead() {
    guard let job = inflight.popFirst() else { return }
    finishedCount &+= 1
    if inflight.isEmpty {
      isIdle.store(PQtransactionStatus(connection) == PQTRANS_IDLE, ordering: .releasing)
    }
    if !job.isInternal { inbox.withLock { $0.queued -= 1 } }
    if let failure = job.failure {
      if failure.isReadOnly { sawReadOnly.store(true, ordering: .relaxed) }
      job.finish(.failure(final(failure, of: job)))
    } else {
      job.finish(.success(BatchResult(results: job.results, notices: job.notices)))
    }
    if let next = inflight.first, next.cancelReason != nil {
      // What it waited for others is not held against it: its grace begins when the server can be asked to end it.
      next.graceEnds = nil
      nextLook = Tick.past
    }
  }

  /// Tells a cancelled statement from one that timed out on the server.
  private func final(_ failure: PostgresError, of job: Job) -> PostgresError {
    guard failure.sqlstate == "57014" else { return failure }
    if let reason = job.cancelReason { return failure.with(kind: reason, outcomeUnknown: false) }
    return job.exposedToCancel ? failure : failure.with(kind: .timeout, outcomeUnknown: false)
  }
}
