import AccessLog
public import Model

/// What a permit becomes when rows are about to be shown: checks each row, writes the log, gives the receipt.
public struct Disclosure: ~Copyable, Sendable {
  /// The permit's command.
  public let context: CommandContext
  /// The job role acted in.
  public let role: JobRole
  private let permit: Permit
  private let custody: Custody

  init(_ permit: consuming Permit, custody: Custody) {
    context = permit.context
    role = permit.role
    self.permit = permit
    self.custody = custody
  }

  /// The fields of a person that would be named if they were recorded now.
  public func fields(of person: PersonHeader) -> FieldSet { permit.fields(of: person, .read) }

  /// Records that these persons are about to be shown, one entry each, and names those fields of `fields` that the
  /// permit reaches for each. Persons that it does not reach are left out of entries and receipt alike.
  ///
  /// - Parameters:
  ///   - epoch: The epoch of the rules when the rows were fetched; a newer one than the permit's throws `StaleEpoch`.
  ///   - textHash: The keyed hash of the search words, or empty.
  /// - Throws: `RegisterError` with `unavailable/…` where the log cannot be written; `StaleEpoch`.
  public func record(
    _ persons: [PersonHeader], fields: FieldSet, epoch: Int64, textHash: [UInt8] = []
  ) async throws -> Receipt {
    guard epoch == permit.epoch else { throw StaleEpoch(current: epoch) }
    var named: [(person: PersonID, fields: FieldSet)] = []
    var entries: [Entry] = []
    for person in persons {
      let shown = permit.fields(of: person, .read).intersection(fields)
      guard !shown.isEmpty else { continue }
      named.append((person.id, shown))
      var entry = permit.entry(permit.breakGlass == nil ? .ok : .breakGlass)
      entry.person = person.id
      entry.fields = shown
      entry.categories = shown.categories
      entry.rows = 1
      entry.textHash = textHash
      entries.append(entry)
    }
    if custody.daily.isBounded {
      try await custody.daily.admit(
        named.map(\.person), to: context.principal.user, isApproved: permit.approval != nil)
    }
    try await write(entries, textHash)
    return Receipt(named: named, request: context.request)
  }

  /// Records that persons are about to be named by their ids alone, or that what the log holds on them is about to be
  /// told: one entry each, without fields. Nobody's data is opened, and nobody counts as shown.
  ///
  /// - Parameter rows: How many rows each entry is about.
  public func record(
    naming persons: [PersonID], rows: Int = 1, epoch: Int64, textHash: [UInt8] = []
  ) async throws -> Receipt {
    guard epoch == permit.epoch else { throw StaleEpoch(current: epoch) }
    let entries = persons.map { person in
      var entry = permit.entry(permit.breakGlass == nil ? .ok : .breakGlass)
      entry.person = person
      entry.rows = UInt32(clamping: rows)
      entry.textHash = textHash
      return entry
    }
    try await write(entries, textHash)
    return Receipt(named: persons.map { ($0, []) }, request: context.request)
  }

  /// Writes entries of persons, or one without where there are none, and spends the approval that the permit has.
  private func write(_ entries: [Entry], _ textHash: [UInt8]) async throws {
    var entries = entries
    if entries.isEmpty {
      var entry = permit.entry(permit.breakGlass == nil ? .ok : .breakGlass)
      entry.textHash = textHash
      entries.append(entry)
    }
    if permit.approval != nil {
      try await custody.recordSpending(entries, permit.again())
    } else {
      try await custody.ledger.record(entries)
    }
  }

  /// Records that texts of the register's own are about to be shown, one entry each.
  public func record(_ records: [RecordSeal], epoch: Int64) async throws -> Receipt {
    guard epoch == permit.epoch else { throw StaleEpoch(current: epoch) }
    var entries: [Entry] = records.map { record in
      var entry = permit.entry(.ok)
      entry.rows = 1
      entry.subject = record.owner.retyped()
      return entry
    }
    if entries.isEmpty { entries.append(permit.entry(.ok)) }
    try await custody.ledger.record(entries)
    return Receipt(named: records.map { ($0.owner, []) }, request: context.request)
  }

  /// Records that something which is no person's data is about to be shown; `epoch` as for persons.
  public func record(
    rows: Int, epoch: Int64, subject: ID<Named.Request>? = nil, textHash: [UInt8] = [],
    opening records: [RecordSeal] = []
  ) async throws -> Receipt {
    guard epoch == permit.epoch else { throw StaleEpoch(current: epoch) }
    var entry = permit.entry(.ok)
    entry.rows = UInt32(clamping: rows)
    entry.subject = subject
    entry.textHash = textHash
    try await custody.ledger.record([entry])
    return Receipt(named: records.map { ($0.owner, []) }, request: context.request)
  }
}

/// The rules changed between the permit and the fetch: the command is decided again.
public struct StaleEpoch: Error, Sendable {
  /// The epoch that the database has now.
  public let current: Int64
}

extension Permit {
  /// An entry of this permit's command.
  borrowing func entry(_ outcome: Outcome) -> Entry {
    Entry(
      at: .now(), user: context.principal.user, role: role, purpose: context.purpose,
      caseReference: context.caseReference, verb: context.verb, outcome: outcome,
      session: context.principal.session, address: context.principal.address, request: context.request, epoch: epoch)
  }
}
