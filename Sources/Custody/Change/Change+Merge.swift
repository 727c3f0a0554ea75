public import Model
import Postgres

/// Two records of one human being, joined but not written yet. What it holds of the person is for `Change.merge` alone;
/// what can be asked of it are names of fields and clear columns.
public struct RecordMerge: Sendable {
  /// The clear columns of the record that stays, as they will be.
  public let header: PersonHeader
  /// The record that goes.
  public let goes: PersonID
  /// The fields that the record that stays gains values of.
  public let changed: FieldSet
  /// The fields that the record that goes held.
  public let gone: FieldSet
  /// The names of fields and clear columns whose value in the record that goes is not kept.
  public let dropped: [String]
  /// How many organisations the record that stays gains.
  public var organisationsAdded: Int { links.count }
  let links: [SealedPerson.Affiliation]
  let parts: [(part: SealedPart?, category: Category, data: [Datum])]
  let record: DirectoryRecord
}

extension Change {
  /// Joins two records of one human being, whose rows this transaction has locked; nothing is written yet.
  ///
  /// What a person can have several of is added with its source and day where the same is not there already. Where
  /// there can be one only, the record that stays keeps its own. Marks are never lost.
  ///
  /// - Parameters:
  ///   - stays: As fetched, with every category.
  ///   - goes: The same.
  /// - Throws: `conflict/state` where their kinds differ or they hold too much together; `denied/role` where one may not
  ///   be merged or holds a field that the role does not reach, a restricted one for any other purpose than the law's.
  public func plan(_ stays: SealedPerson, joining goes: SealedPerson) throws -> RecordMerge {
    let header = stays.header.joining(goes.header)
    for person in [stays.header, goes.header, header] {
      guard reaches(.merge, of: person) else { throw RegisterError.deniedRole }
    }
    guard stays.header.id != goes.header.id, stays.header.kind == goes.header.kind else {
      throw RegisterError.conflictState(
        Text(
          en: "A contact person and a private customer cannot be one record.",
          fi: "Yhteyshenkilöä ja henkilöasiakasta ei voi yhdistää samaan tietueeseen.",
          sv: "En kontaktperson och en privatkund kan inte vara samma post."))
    }
    let held = try open(stays)
    let going = try open(goes)
    let links = try JoinedLinks(
      stays.affiliations, goes.affiliations, used: (held[.professional] ?? []).map(\.entry))
    var changed: FieldSet = []
    var dropped: FieldSet = []
    var shown: [Datum] = []
    var parts: [(part: SealedPart?, category: Category, data: [Datum])] = []
    for category in Category.allCases {
      var joined = JoinedData(held[category] ?? [])
      try joined.join(going[category] ?? [], of: category, links: links)
      dropped.formUnion(joined.dropped)
      changed.formUnion(joined.changed)
      if category == .identity || category == .contact { shown += joined.data }
      guard !joined.changed.isEmpty else { continue }
      parts.append((stays.parts.first { $0.category == category }, category, joined.data))
    }
    let gone = FieldSet(going.values.joined().map(\.field))
    for person in [stays.header, goes.header, header] {
      // What a role cannot even know of it does not join either.
      guard readable(person).union(writable(person)).isSuperset(of: changed.union(gone)) else {
        throw RegisterError.deniedRole
      }
    }
    return RecordMerge(
      header: header, goes: goes.header.id, changed: changed, gone: gone,
      dropped: dropped.members.map(\.name) + stays.header.columnsKept(over: goes.header), links: links.added,
      parts: parts,
      record: DirectoryRecord(
        header: header, organisations: (stays.affiliations + links.added).map(\.organisation), data: shown))
  }

  private func open(_ person: SealedPerson) throws -> [Category: [Datum]] {
    try person.parts.reduce(into: [:]) { $0[$1.category] = try vault.open($1, of: person.header.id) }
  }

  /// Carries a plan out: seals each touched category under a new key, moves the organisations, marks every key of the
  /// record that goes for destruction at once, removes its rows, and puts both into the log. Clear columns of the record
  /// that stays and history are the caller's to write, before this.
  ///
  /// The keys are overwritten by `KeyFate.run` after the commit, or after the next start where that is cut off.
  public func merge(_ plan: RecordMerge) async throws {
    let stays = plan.header.id
    let goes = plan.goes
    try await replace(plan.parts, of: stays)
    var statements: [SQL] = ["DELETE FROM affiliation WHERE person = \(goes)"]
    if !plan.links.isEmpty {
      let entries = plan.links.map { Int16(bitPattern: $0.entry) }
      statements.append(
        """
        INSERT INTO affiliation (person, organisation, entry)
        SELECT \(stays), o, e FROM unnest(\(plan.links.map(\.organisation)), \(entries)) AS l (o, e)
        """)
    }
    _ = try await transaction.run(statements)
    try await KeyFate.mark(goes, .all, in: transaction)
    _ = try await transaction.query("DELETE FROM person WHERE id = \(goes)")
    directory.append(plan.record)
    removed.append(goes)
    note(stays, fields: plan.changed)
    note(goes, fields: plan.gone)
  }
}

extension PersonHeader {
  /// The clear columns of two records of one human being: marks of both, the earlier day of being told, one's own
  /// manager before the other's.
  func joining(_ other: PersonHeader) -> PersonHeader {
    var joined = self
    joined.rev += 1
    joined.marks.formUnion(other.marks)
    joined.manager = manager ?? other.manager
    joined.informedAt = [informedAt, other.informedAt].compactMap { $0 }.min()
    return joined
  }

  /// The names of the columns in which this one's value stays and the other's, a different one, does not.
  func columnsKept(over other: PersonHeader) -> [String] {
    var names: [String] = []
    if status != other.status { names.append("status") }
    if language != other.language { names.append("language") }
    if let manager, let theirs = other.manager, manager != theirs { names.append("manager") }
    return names
  }
}
