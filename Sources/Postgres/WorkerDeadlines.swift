import CPostgres
import Model
import Synchronization

extension Worker {
  /// Ends what waits past its deadline or was cancelled; asks the server to cancel what runs.
  func lookAtDeadlines() {
    guard let look = nextLook else { return }
    let now = Tick.now()
    guard look <= now else { return }
    nextLook = nil
    endPending(now)
    var isHead = true
    inflight.forEach { job in
      inspect(job, isHead: isHead, now)
      isHead = false
    }
  }

  private func endPending(_ now: Tick) {
    let ended = pending.extract { job in
      job.cancelRequested.load(ordering: .relaxed) || job.deadline.map { $0 <= now } ?? false
    }
    for job in ended {
      inbox.withLock { $0.queued -= 1 }
      let kind: PostgresError.Kind = job.cancelRequested.load(ordering: .relaxed) ? .cancelled : .timeout
      job.finish(.failure(PostgresError(kind: kind, message: "given up before it was sent")))
    }
    pending.forEach { job in
      if let deadline = job.deadline { lookAgain(at: deadline) }
    }
  }

  private func inspect(_ job: Job, isHead: Bool, _ now: Tick) {
    if job.cancelReason == nil {
      if job.role != .commit, job.cancelRequested.load(ordering: .relaxed) {
        job.cancelReason = .cancelled
      } else if case .copy(_, let buffer) = job.work, buffer.isAbandoned {
        job.cancelReason = .cancelled
      } else if let deadline = job.deadline, deadline <= now {
        job.cancelReason = .timeout
      } else if let deadline = job.deadline {
        return lookAgain(at: deadline)
      } else {
        return
      }
    }
    let graceEnds = job.graceEnds ?? now.adding(milliseconds: grace(of: job))
    job.graceEnds = graceEnds
    if graceEnds > now {
      lookAgain(at: graceEnds)
    } else if isHead {
      isLost = true
      lostKind = job.cancelReason ?? .timeout
    } else {
      job.finishLost(job.cancelReason ?? .timeout)
    }
    if isHead, !job.cancelSent, job.role != .commit { sendCancel(for: job) }
  }

  private func grace(of job: Job) -> Int {
    job.role == .commit ? configuration.commitGraceMilliseconds : configuration.cancelGraceMilliseconds
  }

  /// Asks the server, over a connection of its own, to end the head. That blocks, so a thread of its own does it. A
  /// cancel request names the session, not the statement: until it has returned, nothing new is sent.
  private func sendCancel(for job: Job) {
    guard let cancelHandle, !cancelIsUnderWay else { return }
    job.cancelSent = true
    cancelIsUnderWay = true
    inflight.forEach { $0.exposedToCancel = true }
    nonisolated(unsafe) let handle = cancelHandle
    let started = startThread { [self] in
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { _ = PQcancel(handle, $0.baseAddress, 256) }
      inbox.withLock { $0.cancelReturned = true }
      nudge()
    }
    if !started {
      cancelIsUnderWay = false
      isLost = true
      lostKind = job.cancelReason ?? .timeout
    }
  }
}
