import CPostgres
import Synchronization

extension Worker {
  /// Sends what may be sent: batches up to the window, anything else alone.
  func send() {
    while !isLost, plain == nil, !cancelIsUnderWay, let job = pending.first {
      switch job.work {
      case .batch(let statements):
        guard inflight.count < configuration.inflightBatchesMax, let prepared = prepare(statements) else { return }
        begin(job)
        send(statements, prepared)
        evict()
      case .script(let text), .copy(let text, _):
        guard inflight.isEmpty else { return }
        begin(job)
        sendPlain(job, text)
      case .deallocate:
        pending.popFirst()
      }
    }
  }

  private func begin(_ job: Job) {
    pending.popFirst()
    job.isSent = true
    inflight.append(job)
    isIdle.store(false, ordering: .releasing)
  }

  /// The prepared statements of a batch; nil where one is being parsed for another batch, whose failure would take it
  /// along.
  private func prepare(_ statements: [SQL]) -> [PreparedStatement]? {
    var result: [PreparedStatement] = []
    result.reserveCapacity(statements.count)
    for sql in statements {
      let statement = cache.statement(for: sql)
      if statement.state == .parsing { return nil }
      result.append(statement)
    }
    return result
  }

  private func send(_ statements: [SQL], _ prepared: [PreparedStatement]) {
    for (sql, statement) in zip(statements, prepared) {
      if statement.state == .new {
        guard parse(statement) else { return isLost = true }
        statement.state = .parsing
        expected.append(.parse(statement))
      }
      guard execute(statement, sql) else { return isLost = true }
      expected.append(.execute(statement))
    }
    sync()
  }

  private func sync() {
    guard PQpipelineSync(connection) == 1 else { return isLost = true }
    expected.append(.sync)
  }

  private func parse(_ statement: PreparedStatement) -> Bool {
    statement.key.oids.withUnsafeBufferPointer { oids in
      PQsendPrepare(connection, statement.name, statement.key.text, Int32(oids.count), oids.baseAddress) == 1
    }
  }

  private func execute(_ statement: PreparedStatement, _ sql: SQL) -> Bool {
    let count = sql.lengths.count
    guard count > 0 else {
      return PQsendQueryPrepared(connection, statement.name, 0, nil, nil, nil, 1) == 1
    }
    return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { numbers in
        sql.bytes.withUnsafeBytes { bytes in
          // A value without bytes still needs an address, or libpq takes it for null.
          let base = bytes.baseAddress ?? UnsafeRawPointer(numbers.baseAddress!)
          var offset = 0
          for (index, length) in sql.lengths.enumerated() {
            values.initializeElement(
              at: index, to: length < 0 ? nil : (base + offset).assumingMemoryBound(to: CChar.self))
            numbers.initializeElement(at: index, to: max(0, length))
            numbers.initializeElement(at: count + index, to: 1)
            offset += Int(max(0, length))
          }
          return PQsendQueryPrepared(
            connection, statement.name, Int32(count), values.baseAddress, numbers.baseAddress,
            numbers.baseAddress! + count, 1) == 1
        }
      }
    }
  }

  /// Frees the statements over the bound, each in a batch of its own behind what uses it.
  private func evict() {
    while !isLost, cache.isOverfull, let victim = cache.evict() {
      let job = Job(.deallocate(victim), role: .inside, deadline: nil)
      inflight.append(job)
      guard PQsendQueryParams(connection, "DEALLOCATE \(victim.name)", 0, nil, nil, nil, nil, 0) == 1 else {
        return isLost = true
      }
      expected.append(.deallocate)
      sync()
    }
  }

  /// Runs a text by the simple protocol, outside of the pipeline.
  private func sendPlain(_ job: Job, _ text: String) {
    guard PQexitPipelineMode(connection) == 1, PQsendQuery(connection, text) == 1 else { return isLost = true }
    plain = job
    plainIsCopying = false
  }
}
