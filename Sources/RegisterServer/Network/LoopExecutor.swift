import NIOCore

/// Runs the steps of a brief command on its connection's own event loop: nothing is handed from thread to thread, and
/// what several commands answer in one turn leaves together.
final class LoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(_ loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
