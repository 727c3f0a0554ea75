import CPostgres

extension Worker {
  /// Takes what the server has answered; reads nothing.
  func receive() {
    if isLost { return }
    if plain != nil { return receivePlain() }
    var emptyAnswers = 0
    while let head = expected.first, PQisBusy(connection) == 0 {
      guard let result = PQgetResult(connection) else {
        // The end of one statement's results; after a sync none comes.
        if headIsAnswered {
          headIsAnswered = false
          expected.popFirst()
          emptyAnswers = 0
        } else {
          emptyAnswers += 1
          if emptyAnswers > 2 { return isLost = true }
        }
        continue
      }
      emptyAnswers = 0
      take(result, for: head)
      PQclear(result)
      if isLost { return }
    }
    if PQstatus(connection) == CONNECTION_BAD { isLost = true }
  }

  private func take(_ result: OpaquePointer, for head: Expectation) {
    let status = PQresultStatus(result)
    if status == PGRES_PIPELINE_SYNC {
      guard case .sync = head else { return isLost = true }
      headIsAnswered = false
      expected.popFirst()
      return finishHead()
    }
    if case .sync = head {} else { headIsAnswered = true }
    switch status {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: succeed(result, head)
    case PGRES_PIPELINE_ABORTED:
      if case .parse(let statement) = head { cache.forget(statement) }
    case PGRES_FATAL_ERROR, PGRES_NONFATAL_ERROR, PGRES_BAD_RESPONSE: fail(Diagnostics(result), head)
    default:
      // COPY in a pipeline gets stuck.
      inflight.first?.failure = PostgresError(kind: .server, message: "COPY cannot be part of a batch")
      isLost = true
    }
  }

  private func succeed(_ result: OpaquePointer, _ head: Expectation) {
    switch head {
    case .parse(let statement): if statement.state == .parsing { statement.state = .ready }
    case .execute:
      guard let job = inflight.first, job.failure == nil else { return }
      guard let rows = Rows(result) else {
        job.failure = .decoding("the result is over 4 GiB")
        return
      }
      job.results.append(rows)
    case .deallocate, .sync: break
    }
  }

  private func fail(_ diagnostics: Diagnostics, _ head: Expectation) {
    // libpq's own words, not the server's: nothing more is known.
    guard diagnostics.sqlstate != nil else { return isLost = true }
    if let job = inflight.first, job.failure == nil { job.failure = diagnostics.error }
    switch head {
    case .parse(let statement): cache.forget(statement)
    case .execute(let statement):
      // Not known to the server, or its columns are others since it was parsed.
      if diagnostics.sqlstate == "26000" || diagnostics.sqlstate == "0A000" { cache.forget(statement) }
    case .deallocate, .sync: break
    }
    if diagnostics.endsConnection { isLost = true }
  }
}
