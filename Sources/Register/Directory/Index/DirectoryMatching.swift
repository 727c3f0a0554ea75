/// How records match terms: the one place that says what a search finds. The word lists only propose.
extension DirectoryIndex {
  /// The rank of a record when only these fields may match and no term worse than `worst`; nil where a term has no match.
  func rank(of record: Int, _ state: borrowing SearchState, in fields: SearchFields, upTo worst: MatchClass) -> Int? {
    var highest = 0
    var sum = 0
    for index in 0..<state.terms.count {
      let addressScore = state.addressScores[index]
      guard let score = score(of: record, state.terms[index], addressScore, in: fields, upTo: worst) else { return nil }
      highest = max(highest, score)
      sum += score
    }
    return Rank.combined(worst: highest, sum: sum)
  }

  /// The best score of a record for one term.
  private func score(
    of record: Int, _ term: SearchTerm, _ addressScore: Int, in fields: SearchFields, upTo worst: MatchClass
  ) -> Int? {
    var best: Int?
    func take(_ match: MatchClass?, _ field: MatchField) {
      guard let match, match.rawValue <= worst.rawValue else { return }
      best = min(best ?? .max, Rank.score(match, field))
    }
    let references = records.references(of: record)
    let nameField: MatchField = records.isOrganisation(record) ? .organisation : .name
    let matchesNames = fields.contains(nameField == .name ? .name : .organisation)
    var index = 0
    while index < references.count, best != 0 {
      let reference = Reference(bits: references[index])
      switch reference.kind {
      case .name:
        if matchesNames { take(match(name: reference.ordinal, term, upTo: worst), nameField) }
      case .local:
        if addressScore < best ?? .max, fields.contains(.email), index + 1 < references.count {
          take(match(local: reference.ordinal, Reference(bits: references[index + 1]).ordinal, term), .email)
        }
      case .domain: break
      case .phone:
        if fields.contains(.phone), let phone = term.phone { take(match(phone: reference.ordinal, phone), .phone) }
      case .organisation:
        if fields.contains(.organisation) {
          for bits in records.references(of: reference.ordinal) {
            let word = Reference(bits: bits)
            if word.kind == .name { take(match(name: word.ordinal, term, upTo: worst), .organisation) }
          }
        }
      }
      index += 1
    }
    return best
  }

  private func match(name ordinal: Int, _ term: SearchTerm, upTo worst: MatchClass) -> MatchClass? {
    guard !term.word.isEmpty else { return nil }
    let text = names.word(ordinal)
    let literal = term.word.withUnsafeBufferPointer { Self.match(text, $0, names.grams.minimumSubstring) }
    if let literal { return literal }
    guard worst.rawValue >= MatchClass.oneTypo.rawValue, term.automaton.typos > 0,
      let distance = term.automaton.distance(to: text)
    else { return nil }
    return distance == 1 ? .oneTypo : .twoTypos
  }

  private func match(local: Int, _ domain: Int, _ term: SearchTerm) -> MatchClass? {
    let left = locals.word(local)
    let right = domains.word(domain)
    if let sides = term.sides {
      return sides.local.withUnsafeBufferPointer { wantedLocal in
        sides.domain.withUnsafeBufferPointer { wantedDomain in
          guard hasPrefix(right, wantedDomain) else { return nil }
          if isEqual(left, wantedLocal) { return right.count == wantedDomain.count ? .exact : .prefix }
          guard wantedDomain.count > 0 || wantedLocal.count >= locals.grams.minimumSubstring else { return nil }
          return hasSuffix(left, wantedLocal) ? .substring : nil
        }
      }
    }
    guard !term.piece.isEmpty else { return nil }
    return term.piece.withUnsafeBufferPointer { piece in
      let onLeft = Self.match(left, piece, locals.grams.minimumSubstring)
      guard let onRight = Self.match(right, piece, domains.grams.minimumSubstring) else { return onLeft }
      guard let onLeft else { return onRight }
      return onLeft.rawValue < onRight.rawValue ? onLeft : onRight
    }
  }

  private func match(phone ordinal: Int, _ wanted: (whole: [UInt8], middle: [UInt8])) -> MatchClass? {
    let text = phones.word(ordinal)
    let start = wanted.whole.withUnsafeBufferPointer { whole -> MatchClass? in
      hasPrefix(text, whole) ? text.count == whole.count ? .exact : .prefix : nil
    }
    if let start { return start }
    return wanted.middle.withUnsafeBufferPointer { middle in
      middle.count >= phones.grams.minimumSubstring && holds(text, middle) ? .substring : nil
    }
  }

  @inline(__always)
  private static func match(
    _ text: UnsafeBufferPointer<UInt8>, _ pattern: UnsafeBufferPointer<UInt8>, _ minimumSubstring: Int
  ) -> MatchClass? {
    if hasPrefix(text, pattern) { return text.count == pattern.count ? .exact : .prefix }
    return pattern.count >= minimumSubstring && holds(text, pattern) ? .substring : nil
  }

  /// Whether one record comes before another by its whole name, then by its id.
  func precedes(_ left: Int, _ right: Int) -> Bool {
    let mine = records.references(of: left)
    let other = records.references(of: right)
    var index = 0
    while true {
      let word = name(mine, index)
      let otherWord = name(other, index)
      guard let word, let otherWord else {
        if word == nil, otherWord == nil { break }
        return word == nil
      }
      if word != otherWord {
        return names.word(word).lexicographicallyPrecedes(names.word(otherWord))
      }
      index += 1
    }
    let (a, b) = (records.id(left), records.id(right))
    if a.halves.high != b.halves.high { return a.halves.high < b.halves.high }
    if a.halves.low != b.halves.low { return a.halves.low < b.halves.low }
    return !a.isOrganisation && b.isOrganisation
  }

  private func name(_ references: UnsafeBufferPointer<UInt32>, _ index: Int) -> Int? {
    guard index < references.count else { return nil }
    let reference = Reference(bits: references[index])
    return reference.kind == .name ? reference.ordinal : nil
  }
}
