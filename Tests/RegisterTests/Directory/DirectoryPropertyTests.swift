import Model
import Testing

@testable import Register

@Suite struct DirectoryPropertyTests {
  private struct World {
    var random: DirectorySeed
    var oracle = DirectoryOracle()

    mutating func word(_ lengths: ClosedRange<Int>) -> String {
      let length = Int.random(in: lengths, using: &random)
      return String(
        (0..<length).map { _ in ["a", "i", "n", "e", "v", "Ä", "t", "w"].randomElement(using: &random) ?? "a" })
    }

    mutating func phone() -> String {
      let rest = Int.random(in: 10_000...19_999, using: &random)
      return ["0\(rest)", "+358 \(rest)", "+358 (0)\(rest)", "0046\(rest)"].randomElement(using: &random) ?? ""
    }

    mutating func email() -> String { "\(word(1...6)).\(word(1...9))@\(word(1...5)).fi" }

    func personID(_ number: Int) -> PersonID { PersonID(high: UInt64(number % 7), low: UInt64(number)) }
    func organisationID(_ number: Int) -> OrganisationID { OrganisationID(high: 9, low: UInt64(number)) }

    mutating func entry() -> DirectoryEntry {
      let number = Int.random(in: 0..<60, using: &random)
      let names = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        Int.random(in: 0..<5, using: &random) == 0 ? "\(word(1...5))-\(word(1...5))" : word(1...10)
      }
      let emails = (0..<Int.random(in: 0...2, using: &random)).map { _ in email() }
      let phones = (0..<Int.random(in: 0...2, using: &random)).map { _ in phone() }
      if number >= 48 {
        return .organisation(organisationID(number - 48), names: names, emails: emails, phones: phones)
      }
      let organisations = (0..<Int.random(in: 0...2, using: &random)).map { _ in
        organisationID(Int.random(in: 0..<12, using: &random))
      }
      let marks: Marks = Bool.random(using: &random) ? .protected : []
      return .person(
        personID(number), .contact, names: names, emails: emails, phones: phones, organisations: organisations,
        status: .customer, manager: nil, marks: marks)
    }

    mutating func question() -> String {
      (0..<Int.random(in: 1...2, using: &random)).map { _ in
        switch Int.random(in: 0..<8, using: &random) {
        case 0:
          String(
            email().dropFirst(Int.random(in: 0..<4, using: &random)).dropLast(Int.random(in: 0..<4, using: &random)))
        case 1: String(phone().dropLast(Int.random(in: 0..<4, using: &random)))
        case 2: misspelt()
        case 3: "\(word(1...4)).\(word(1...4))"
        default: word(1...9)
        }
      }.joined(separator: " ")
    }

    /// A known name with up to two letters changed, swapped, added or left out.
    mutating func misspelt() -> String {
      let names = oracle.entries.values.flatMap(\.names).filter { $0.count > 3 }.sorted()
      var letters = (names.randomElement(using: &random) ?? "nainen").filter { $0 != "-" }.map { $0 }
      for _ in 0..<Int.random(in: 0...2, using: &random) where letters.count > 2 {
        let index = Int.random(in: 0..<(letters.count - 1), using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: letters.swapAt(index, index + 1)
        case 1: letters.remove(at: index)
        case 2: letters.insert("n", at: index)
        default: letters[index] = "e"
        }
      }
      return String(letters)
    }
  }

  /// Grants that depend on the candidate: some are hidden, protected ones have no phone.
  private static func granted(_ low: UInt64, _ marks: Marks) -> SearchFields {
    if low % 5 == 3 { return [] }
    return marks.contains(.protected) ? [.name, .organisation] : .all
  }

  @Test(arguments: 1...6)
  func findsExactlyWhatTheOracleFindsThroughInsertsReplacementsAndRemovals(seed: Int) {
    var world = World(random: DirectorySeed(state: UInt64(seed)))
    var builder = DirectoryIndex.Builder(expecting: 10)
    for _ in 0..<40 {
      let entry = world.entry()
      world.oracle.entries[entry.id] = entry
      builder.add(entry)
    }
    var index = builder.finish()
    for round in 0..<400 {
      let entry = world.entry()
      if Bool.random(using: &world.random) {
        world.oracle.entries[entry.id] = entry
        index.insert(entry)
      } else {
        let wasThere = world.oracle.entries.removeValue(forKey: entry.id) != nil
        let isRemoved = index.remove(entry.id)
        #expect(isRemoved == wasThere)
      }
      let count = index.count
      #expect(count == world.oracle.entries.count)
      let question = world.question()
      let fields = SearchFields(rawValue: UInt8.random(in: 1...15, using: &world.random))
      let limit = [1, 3, 50].randomElement(using: &world.random) ?? 1
      let found = index.search(question, in: fields, limit: limit) { candidate in
        Self.granted(candidate.id.halves.low, candidate.marks)
      }
      let expected = world.oracle.search(question, in: fields, limit: limit) {
        Self.granted($0.id.halves.low, $0.marks)
      }
      #expect(found == expected, "round \(round): \(question)")
      if found != expected { return }
    }
  }

  @Test func automatonAgreesWithTheMatrix() {
    var random = DirectorySeed(state: 7)
    for _ in 0..<5000 {
      let pattern = (0..<Int.random(in: 4...11, using: &random)).map { _ in
        UInt8.random(in: 0x61...0x64, using: &random)
      }
      let word = (0..<Int.random(in: 1...13, using: &random)).map { _ in UInt8.random(in: 0x61...0x64, using: &random) }
      let automaton = TypoAutomaton(pattern)
      let distance = DirectoryOracle.distance(word, pattern)
      let found = word.withUnsafeBufferPointer { automaton.distance(to: $0) }
      #expect(found == (distance <= automaton.typos ? distance : nil))
      let signature = word.withUnsafeBufferPointer { TypoAutomaton.signature($0) }
      if distance <= automaton.typos { #expect(automaton.admits(signature: signature)) }
    }
  }
}
