import Model

@testable import Register

/// What a search must find, found the slow way: every entry, every term, every field.
struct DirectoryOracle {
  var entries: [DirectoryID: DirectoryEntry] = [:]

  func search(
    _ text: String, in fields: SearchFields, limit: Int, granting: (DirectoryEntry) -> SearchFields
  ) -> [DirectoryHit] {
    let terms = SearchTerm.terms(of: text)
    if terms.isEmpty { return [] }
    var found: [(hit: DirectoryHit, name: [[UInt8]])] = []
    for entry in entries.values {
      let granted = granting(entry).intersection(fields)
      let scores = terms.map { score(entry, $0, granted) }
      guard !scores.contains(nil) else { continue }
      let known = scores.compactMap { $0 }
      let rank = ((known.max() ?? 0) / 4) * 65_536 + known.reduce(0, +)
      found.append((DirectoryHit(id: entry.id, rank: rank), words(entry.names)))
    }
    found.sort { left, right in
      if left.hit.rank != right.hit.rank { return left.hit.rank < right.hit.rank }
      let (a, b) = (Array(left.name.joined(separator: [0x20])), Array(right.name.joined(separator: [0x20])))
      if a != b { return a.lexicographicallyPrecedes(b) }
      return left.hit.id.halves < right.hit.id.halves
    }
    return found.prefix(limit).map(\.hit)
  }

  private func words(_ names: [String]) -> [[UInt8]] {
    names.flatMap { Folding.fold($0).split(separator: 0x20).map { Array($0) } }
  }

  /// The words of names, and those with hyphens as one.
  private func searched(_ names: [String]) -> [[UInt8]] {
    let hyphened = names.flatMap { $0.split(separator: " ") }.filter {
      words([String($0)]).count > 1 && $0.contains("-")
    }
    return words(names) + hyphened.map { words([String($0)]).flatMap { $0 } }
  }

  private func score(_ entry: DirectoryEntry, _ term: SearchTerm, _ fields: SearchFields) -> Int? {
    var scores: [Int] = []
    let own = entry.id.isOrganisation ? 3 : 0
    if fields.contains(entry.id.isOrganisation ? .organisation : .name) {
      scores += searched(entry.names).compactMap { literal($0, term.word, 3) ?? typo($0, term.word) }.map {
        $0 * 4 + own
      }
    }
    if fields.contains(.organisation), !entry.id.isOrganisation {
      for organisation in entry.organisations.compactMap({ entries[.organisation($0)] }) {
        scores += searched(organisation.names).compactMap { literal($0, term.word, 3) ?? typo($0, term.word) }
          .map { $0 * 4 + 3 }
      }
    }
    if fields.contains(.email) {
      scores += entry.emails.compactMap { address(DirectoryText.address($0), term) }.map { $0 * 4 + 1 }
    }
    if fields.contains(.phone), let wanted = term.phone {
      for text in entry.phones {
        let digits = DirectoryText.phone(text).whole
        if let match = literal(digits, wanted.whole, 99) {
          scores.append(match * 4 + 2)
        } else if wanted.middle.count >= 4, at(wanted.middle, in: digits) != nil {
          scores.append(2 * 4 + 2)
        }
      }
    }
    return scores.min()
  }

  private func address(_ text: [UInt8], _ term: SearchTerm) -> Int? {
    guard let at = text.lastIndex(of: 0x40) else { return nil }
    let (local, domain) = (Array(text[..<at]), Array(text[(at + 1)...]))
    guard let sides = term.sides else {
      return [literal(local, term.piece, 4), literal(domain, term.piece, 4)].compactMap { $0 }.min()
    }
    guard domain.starts(with: sides.domain) else { return nil }
    if local == sides.local { return domain == sides.domain ? 0 : 1 }
    let isSuffix = local.reversed().starts(with: sides.local.reversed())
    return isSuffix && (sides.local.count >= 4 || !sides.domain.isEmpty) ? 2 : nil
  }

  private func literal(_ word: [UInt8], _ pattern: [UInt8], _ minimum: Int) -> Int? {
    guard !pattern.isEmpty else { return nil }
    if word == pattern { return 0 }
    if word.starts(with: pattern) { return 1 }
    return pattern.count >= minimum && at(pattern, in: word) != nil ? 2 : nil
  }

  private func at(_ pattern: [UInt8], in word: [UInt8]) -> Int? {
    guard word.count >= pattern.count else { return nil }
    return (0...(word.count - pattern.count)).first { Array(word[$0..<($0 + pattern.count)]) == pattern }
  }

  private func typo(_ word: [UInt8], _ pattern: [UInt8]) -> Int? {
    guard pattern.count >= 4, pattern.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A }) else { return nil }
    let distance = Self.distance(word, pattern)
    return distance <= (pattern.count < 8 ? 1 : 2) ? 2 + distance : nil
  }

  /// Optimal string alignment by the textbook's matrix.
  static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var rows = [[Int]](repeating: [Int](repeating: 0, count: right.count + 1), count: left.count + 1)
    for i in 0...left.count {
      for j in 0...right.count {
        if i == 0 || j == 0 {
          rows[i][j] = i + j
          continue
        }
        let change = rows[i - 1][j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
        rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, change)
        if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
          rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
        }
      }
    }
    return rows[left.count][right.count]
  }
}

/// A small generator with a seed (SplitMix64), so that every run makes the same.
struct DirectorySeed: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
