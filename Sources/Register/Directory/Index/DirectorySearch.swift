import Model

extension DirectoryIndex {
  /// Finds persons and organisations by a text as a person types it, best first, at most `limit`.
  ///
  /// Every word of the text must match in a granted field: as a whole word, its start, within it, or with one typo (from
  /// four letters) or two (from eight) in a word of a name. `granting` says for each candidate in which fields it may
  /// match, none to leave it out; it decides before ranking and limit, may be asked several times, and has no effect on
  /// others' ranks: what it hides is as if it were not there. Equal ranks are ordered by name, then id.
  func search(
    _ text: String, in fields: SearchFields, limit: Int, within organisation: OrganisationID? = nil,
    granting: (DirectoryCandidate) -> SearchFields
  ) -> [DirectoryHit] {
    let terms = SearchTerm.terms(of: text)
    guard limit > 0, !terms.isEmpty, !fields.isEmpty else { return [] }
    let group = organisation.map { records.find(.organisation($0)) }
    if case .some(.none) = group { return [] }
    var state = SearchState(
      terms: terms, fields: fields, limit: limit, organisation: group ?? nil, recordBound: records.bound)
    if let group = group ?? nil {
      for person in members[group] ?? [] { consider(Int(person), &state, .twoTypos, 0, granting) }
    } else if terms.count == 1 {
      searchOne(&state, granting)
    } else {
      searchAll(&state, granting)
    }
    return state.finds.map { DirectoryHit(id: records.id($0.record), rank: $0.rank) }
  }

  /// The same, with the same fields for every candidate that the filter lets through.
  func search(
    _ text: String, in fields: SearchFields, limit: Int, within organisation: OrganisationID? = nil,
    where filter: (DirectoryCandidate) -> Bool
  ) -> [DirectoryHit] {
    search(text, in: fields, limit: limit, within: organisation, granting: { filter($0) ? fields : [] })
  }

  /// One term: class by class and field by field, in the order of rank, until enough were found.
  private func searchOne(_ state: inout SearchState, _ granting: (DirectoryCandidate) -> SearchFields) {
    let term = state.terms[0]
    var near: (one: [UInt32], two: [UInt32])?
    for match in MatchClass.allCases {
      var words = Proposals()
      for field in MatchField.allCases {
        let score = Rank.score(match, field)
        let rank = Rank.combined(worst: score, sum: score)
        if state.isSettled(before: rank) { return }
        switch field {
        case .name: words = proposals(term, state.fields.intersection([.name, .organisation]), match, &near)
        case .email: words.addresses(of: proposals(term, state.fields.intersection(.email), match, &near))
        case .phone: words.phones = proposals(term, state.fields.intersection(.phone), match, &near).phones
        case .organisation: break
        }
        forEachRecord(of: words, field, state.fields) { consider($0, &state, match, rank, granting) }
      }
    }
  }

  /// Several terms: those whom the rarest term proposes, in ever worse classes, until enough were found.
  private func searchAll(_ state: inout SearchState, _ granting: (DirectoryCandidate) -> SearchFields) {
    let drivers = Array(
      state.terms.indices.sorted { Self.weight(state.terms[$0]) > Self.weight(state.terms[$1]) }
        .prefix(Self.driversMax))
    var near = [(one: [UInt32], two: [UInt32])?](repeating: nil, count: drivers.count)
    var known = [[Proposals]](repeating: [], count: drivers.count)
    for match in MatchClass.allCases {
      let worst = match.rawValue * 4
      if state.isSettled(before: Rank.combined(worst: worst, sum: worst)) { return }
      for index in drivers.indices {
        let words = proposals(state.terms[drivers[index]], state.fields, match, &near[index])
        state.note(words, of: drivers[index], match, areFirst: match == .exact)
        known[index].append(words)
      }
      let counts = known.map { $0.reduce(0) { $0 + count(of: $1, state.fields) } }
      guard let driver = counts.indices.min(by: { counts[$0] < counts[$1] }) else { return }
      if counts[driver] == 0 { continue }
      let shared = shared(by: known, counts, besides: driver, state.fields)
      let others = known.indices.reduce(0) { $0 + ($1 == driver ? 0 : Self.bestScore(known[$1])) }
      for (index, words) in known[driver].enumerated() {
        for field in MatchField.allCases {
          // Whoever is proposed here first has no better score in this term, nor better ones in the others.
          let best = Rank.combined(worst: worst, sum: index * 4 + field.rawValue + others)
          forEachRecord(of: words, field, state.fields) { record in
            if let shared, !shared.contains(record) { return }
            consider(record, &state, match, best, granting)
          }
        }
      }
    }
  }

  /// The records that the other terms propose too, where looking at these is cheaper than comparing every proposal.
  private func shared(
    by known: [[Proposals]], _ counts: [Int], besides driver: Int, _ fields: SearchFields
  ) -> RecordSet? {
    var result: RecordSet?
    for term in known.indices where term != driver && counts[term] / 32 <= counts[driver] {
      var proposed = RecordSet(below: records.bound)
      for words in known[term] {
        for field in MatchField.allCases { forEachRecord(of: words, field, fields) { proposed.insert($0) } }
      }
      result?.formIntersection(proposed)
      if result == nil { result = proposed }
    }
    return result
  }

  /// The best score that anybody can have in a term with these proposals, class by class.
  private static func bestScore(_ known: [Proposals]) -> Int {
    (known.firstIndex { !$0.isEmpty } ?? known.count - 1) * 4
  }

  /// How many terms are tried for the fewest proposals.
  private static let driversMax = 4

  /// How much a term promises to tell people apart.
  private static func weight(_ term: SearchTerm) -> Int {
    max(term.word.count, term.piece.count, (term.phone?.whole.count ?? 0) * 2, term.sides == nil ? 0 : 50)
  }

  /// Takes in a record unless it is hidden, does not match this well, or is no better than what was found.
  @inline(__always)
  private func consider(
    _ record: Int, _ state: inout SearchState, _ worst: MatchClass, _ bestRank: Int,
    _ granting: (DirectoryCandidate) -> SearchFields
  ) {
    let key = records.key(record)
    guard state.admits(rank: bestRank, key: key), !state.isDone(record) else { return }
    evaluate(record, key, &state, worst, granting)
  }

  @inline(never)
  private func evaluate(
    _ record: Int, _ key: UInt64, _ state: inout SearchState, _ worst: MatchClass,
    _ granting: (DirectoryCandidate) -> SearchFields
  ) {
    let granted = granting(records.candidate(record)).intersection(state.fields)
    guard !granted.isEmpty else { return state.setDone(record) }
    guard let rank = rank(of: record, state, in: granted, upTo: worst) else { return }
    state.setDone(record)
    guard state.admits(rank: rank, key: key) else { return }
    state.add(SearchState.Find(rank: rank, key: key, record: record)) { precedes($0, $1) }
  }
}
