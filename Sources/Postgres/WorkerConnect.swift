import CPostgres
import Synchronization

extension Worker {
  /// The thread's whole life: connects, says how that went, works until closed or lost.
  func run(_ connected: UnsafeContinuation<PostgresError?, Never>) {
    if let error = connect() {
      PQfinish(connection)
      connection = nil
      markClosed()
      connected.resume(returning: error)
      return
    }
    connected.resume(returning: nil)
    loop()
    PQfinish(connection)
    connection = nil
    failEverything()
  }

  private func connect() -> PostgresError? {
    let parameters: [(keyword: String, value: String)]
    do { parameters = try configuration.parameters() } catch { return error }
    connection = withCStrings(parameters.map(\.keyword)) { keywords in
      withCStrings(parameters.map(\.value)) { values in PQconnectdbParams(keywords, values, 0) }
    }
    guard let connection, PQstatus(connection) == CONNECTION_OK else { return connectError() }
    PQsetErrorVerbosity(connection, PQERRORS_TERSE)
    PQsetErrorContextVisibility(connection, PQSHOW_CONTEXT_NEVER)
    _ = PQsetNoticeReceiver(
      connection,
      { argument, result in
        guard let argument, let result else { return }
        Unmanaged<Worker>.fromOpaque(argument).takeUnretainedValue().take(notice: Diagnostics(result).notice)
      }, Unmanaged.passUnretained(self).toOpaque())
    cancelHandle = PQgetCancel(connection)
    backendID = PQbackendPID(connection)
    guard PQsetnonblocking(connection, 1) == 0, PQenterPipelineMode(connection) == 1 else { return connectError() }
    return nil
  }

  private func connectError() -> PostgresError {
    let text = connection.flatMap { PQerrorMessage($0) }.map { String(cString: $0) } ?? "out of memory"
    let line = text.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }.joined(separator: "; ")
    return PostgresError(kind: .cannotConnect, message: line)
  }

  private func take(notice: Notice) {
    inflight.first?.notices.append(notice)
  }

  private func markClosed() {
    let waiters = inbox.withLock { inbox in
      inbox.isClosed = true
      isClosing = true
      pending = inbox.jobs.reduce(into: pending) { $0.append($1) }
      inbox.jobs = []
      defer { inbox.closeWaiters = [] }
      return inbox.closeWaiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Tells everybody who still waits that the connection is gone.
  private func failEverything() {
    var atSync = false
    if case .sync? = expected.first { atSync = true }
    markClosed()
    while let job = inflight.popFirst() {
      job.finishLost(
        job.cancelReason != nil && lostKind != .connectionLost ? lostKind : .connectionLost, syncAwaited: atSync)
      atSync = true
    }
    while let job = pending.popFirst() { job.finish(.failure(.closed)) }
  }
}

/// Lends a null-terminated array of C strings.
func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
  var all: [CChar] = []
  let starts = strings.map { string in
    defer { all.append(contentsOf: string.utf8CString) }
    return all.count
  }
  return all.withUnsafeBufferPointer { buffer in
    var pointers: [UnsafePointer<CChar>?] = starts.map { start in buffer.baseAddress.map { $0 + start } }
    pointers.append(nil)
    return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
