import CPostgres

extension Worker {
  /// Whether the reader of a COPY must take something before more is read.
  var copyIsFull: Bool {
    if case .copy(_, let buffer)? = plain?.work { buffer.isFull } else { false }
  }

  /// Takes the answers to a script or COPY.
  func receivePlain() {
    guard let job = plain else { return }
    while !isLost {
      if plainIsCopying {
        guard takeCopyData(job) else { return }
        continue
      }
      guard PQisBusy(connection) == 0 else { return }
      guard let result = PQgetResult(connection) else { return finishPlain() }
      switch PQresultStatus(result) {
      case PGRES_COPY_OUT:
        if case .copy = job.work { plainIsCopying = true } else { refuseCopy(job) }
      case PGRES_COPY_IN, PGRES_COPY_BOTH: refuseCopy(job)
      case PGRES_FATAL_ERROR, PGRES_NONFATAL_ERROR, PGRES_BAD_RESPONSE:
        let diagnostics = Diagnostics(result)
        if job.failure == nil, diagnostics.sqlstate != nil { job.failure = diagnostics.error }
        if diagnostics.endsConnection || diagnostics.sqlstate == nil { isLost = true }
      default: break
      }
      PQclear(result)
    }
    if PQstatus(connection) == CONNECTION_BAD { isLost = true }
  }

  private func refuseCopy(_ job: Job) {
    job.failure = PostgresError(kind: .server, message: "COPY cannot be part of a script")
    isLost = true
  }

  /// Moves one run of rows to the reader; false where the socket or the reader must be waited for.
  private func takeCopyData(_ job: Job) -> Bool {
    guard case .copy(_, let buffer) = job.work, !buffer.isFull else { return false }
    var chunk: [UInt8] = []
    var length: Int32 = 0
    while chunk.count < CopyBuffer.chunkBytes {
      var row: UnsafeMutablePointer<CChar>?
      length = PQgetCopyData(connection, &row, 1)
      guard length > 0, let row else { break }
      chunk.append(contentsOf: UnsafeRawBufferPointer(start: row, count: Int(length)))
      PQfreemem(row)
    }
    if !chunk.isEmpty { buffer.append(chunk) }
    // -1: the data is complete; -2: it broke off, and the next result says why.
    if length < 0 { plainIsCopying = false }
    return length != 0
  }

  private func finishPlain() {
    plain = nil
    guard PQenterPipelineMode(connection) == 1 else { return isLost = true }
    finishHead()
  }
}
