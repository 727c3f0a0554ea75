/// Words that may match a term in one class, by dictionary; better matches may be among them.
struct Proposals {
  var names: [UInt32] = []
  var locals: [UInt32] = []
  var domains: [UInt32] = []
  var phones: [UInt32] = []

  /// Takes the words of addresses from others.
  mutating func addresses(of others: Proposals) { (locals, domains) = (others.locals, others.domains) }

  /// Whether there are none.
  var isEmpty: Bool { names.isEmpty && locals.isEmpty && domains.isEmpty && phones.isEmpty }
}

extension DirectoryIndex {
  /// The words that match a term in a class. `near` keeps what one pass over the names found for both typo classes.
  func proposals(
    _ term: SearchTerm, _ fields: SearchFields, _ match: MatchClass, _ near: inout (one: [UInt32], two: [UInt32])?
  ) -> Proposals {
    var result = Proposals()
    let wantsNames = !fields.isDisjoint(with: [.name, .organisation]) && !term.word.isEmpty
    if match.rawValue >= MatchClass.oneTypo.rawValue {
      guard wantsNames, term.automaton.typos > 0 else { return result }
      let found = near ?? names.words(near: term.automaton)
      near = found
      result.names = match == .oneTypo ? found.one : found.two
      return result
    }
    if wantsNames { result.names = names.words(term.word, match) }
    if fields.contains(.email) {
      if let sides = term.sides {
        proposeAddresses(sides, match, &result)
      } else if !term.piece.isEmpty {
        result.locals = locals.words(term.piece, match)
        result.domains = domains.words(term.piece, match)
      }
    }
    if fields.contains(.phone), let phone = term.phone {
      result.phones = phones.words(match == .substring ? phone.middle : phone.whole, match)
    }
    return result
  }

  private func proposeAddresses(
    _ sides: (local: [UInt8], domain: [UInt8]), _ match: MatchClass, _ result: inout Proposals
  ) {
    switch match {
    case .exact, .prefix:
      if !sides.local.isEmpty { result.locals = locals.words(sides.local, .exact) }
    default:
      if sides.local.count >= locals.grams.minimumSubstring {
        result.locals = locals.words(sides.local, .substring)
      } else if !sides.domain.isEmpty {
        result.domains = domains.words(sides.domain, .prefix)
      }
    }
  }

  /// Calls with each record that proposed words lead to through one field.
  @inline(__always)
  func forEachRecord(of words: Proposals, _ field: MatchField, _ fields: SearchFields, _ body: (Int) -> Void) {
    switch field {
    case .name where fields.contains(.name):
      for word in words.names {
        names.postings.forEach(of: Int(word)) { body($0) }
      }
    case .email where fields.contains(.email):
      for word in words.locals { locals.postings.forEach(of: Int(word)) { body($0) } }
      for word in words.domains { domains.postings.forEach(of: Int(word)) { body($0) } }
    case .phone where fields.contains(.phone):
      for word in words.phones { phones.postings.forEach(of: Int(word)) { body($0) } }
    case .organisation where fields.contains(.organisation) && organisationCount > 0:
      for word in words.names {
        names.postings.forEach(of: Int(word)) { record in
          guard records.isOrganisation(record) else { return }
          body(record)
          for person in members[record] ?? [] { body(Int(person)) }
        }
      }
    default: break
    }
  }

  /// About how many records proposed words lead to.
  func count(of words: Proposals, _ fields: SearchFields) -> Int {
    var count = 0
    for word in words.names { count += names.postings.count(of: Int(word)) }
    for word in words.locals { count += locals.postings.count(of: Int(word)) }
    for word in words.domains { count += domains.postings.count(of: Int(word)) }
    for word in words.phones { count += phones.postings.count(of: Int(word)) }
    if fields.contains(.organisation), organisationCount > 0 {
      for word in words.names {
        names.postings.forEach(of: Int(word)) { if records.isOrganisation($0) { count += members[$0]?.count ?? 0 } }
      }
    }
    return count
  }
}

extension WordTable {
  /// The words that match a pattern exactly, by prefix or by substring.
  fileprivate func words(_ pattern: [UInt8], _ match: MatchClass) -> [UInt32] {
    pattern.withUnsafeBufferPointer { pattern in
      switch match {
      case .exact: find(pattern).map { [UInt32($0)] } ?? []
      case .prefix: words(startingWith: pattern)
      case .substring: words(containing: pattern)
      case .oneTypo, .twoTypos: []
      }
    }
  }
}
