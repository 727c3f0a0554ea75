import Model
import Testing

@testable import Custody
@testable import Register

/// Patterns in single looks at persons.
@Suite struct LookDetectorTests {
  private var making = AnomalyMaking()

  @Test func theSamePersonAgainAndAgainIsFoundWithoutACase() {
    let looks = (0..<5).map { (number: Int) -> LookFact in making.look(7, Int64(number), back: 4 - number) }
    let found = LookDetectors.repeated(looks, making.window)
    #expect(found.map(\.person) == [AnomalyMaking.person(7)])
    #expect(found.first?.evidence.count == 5)
    #expect(found.first?.evidence.samples == [0, 1, 2, 3, 4])
    #expect(LookDetectors.repeated(Array(looks.dropFirst()), making.window).isEmpty)
    let withCase = [making.look(7, 0, back: 4, hasCase: true)] + looks.dropFirst()
    #expect(LookDetectors.repeated(withCase, making.window).isEmpty)
    let two: [LookFact] = (0..<10).map { (number: Int) -> LookFact in
      making.look(7, Int64(number), user: AnomalyMaking.user(UInt64(number % 3) + 1))
    }
    #expect(LookDetectors.repeated(two, making.window).isEmpty)
  }

  @Test func looksFarApartAreNotRepeated() {
    let slow = (0..<5).map { (number: Int) -> LookFact in making.look(7, Int64(number), back: (4 - number) * 2) }
    #expect(LookDetectors.repeated(slow, making.window).isEmpty)
    let before = (0..<6).map { (number: Int) -> LookFact in making.look(7, Int64(number), back: 20 - number) }
    #expect(LookDetectors.repeated(before, making.window).isEmpty)
  }

  @Test func aFindingKeepsItsNameWhileItGrows() {
    let looks = (0..<8).map { (number: Int) -> LookFact in making.look(7, Int64(number), back: 4 - min(4, number)) }
    let early = LookDetectors.repeated(Array(looks.prefix(5)), making.window)
    let late = LookDetectors.repeated(looks, making.window)
    #expect(early.map(\.id) == late.map(\.id))
    #expect(late.first?.value == 8)
  }

  @Test func aWalkIsFoundInEitherDirectionAndNotJustBelow() {
    for direction in [1, -1] {
      let looks = (0..<8).map { (number: Int) -> LookFact in
        making.look(UInt64(100 + direction * number * 2), Int64(number))
      }
      let found = LookDetectors.walks(looks, making.window) { _, _ in 1 }
      #expect(found.map(\.value) == [8])
      #expect(LookDetectors.walks(Array(looks.dropLast()), making.window) { _, _ in 1 }.isEmpty)
      #expect(LookDetectors.walks(looks, making.window) { _, _ in 3 }.count == 1)
      #expect(LookDetectors.walks(looks, making.window) { _, _ in 4 }.isEmpty)
    }
  }

  @Test func aTurnOrAJumpEndsAWalkAndTheSamePersonTwiceDoesNot() {
    let turned = [1, 2, 3, 4, 3, 5, 6, 7, 8].enumerated().map { making.look(UInt64($1), Int64($0)) }
    #expect(LookDetectors.walks(turned, making.window) { _, _ in 0 }.isEmpty)
    let twice = [1, 2, 2, 3, 4, 4, 4, 5, 6, 7, 8].enumerated().map { making.look(UInt64($1), Int64($0)) }
    #expect(LookDetectors.walks(twice, making.window) { _, _ in 0 }.map(\.value) == [8])
    let jump = (0..<12).map { making.look(UInt64($0), Int64($0)) }
    let found = LookDetectors.walks(jump, making.window) {
      $0 == AnomalyMaking.person(3) || $1 == AnomalyMaking.person(3) ? 9 : 0
    }
    #expect(found.map(\.value) == [8])
    #expect(found.first?.evidence.first == 4)
  }

  @Test func theOwnNameAColleaguesAndARareSurnameAreToldApart() {
    let (own, other, cousin) = (AnomalyMaking.person(1), AnomalyMaking.person(2), AnomalyMaking.person(3))
    let looks = (1...4).map { making.look(UInt64($0), Int64($0)) }
    let found = LookDetectors.names(
      looks, named: [own: [making.user], other: [AnomalyMaking.user(2)]],
      namesakes: [own: [making.user], cousin: [making.user, AnomalyMaking.user(5)]], making.window
    ) { $0 == $1 }
    let kinds = Dictionary(uniqueKeysWithValues: found.map { ($0.kind, $0.person) })
    #expect(kinds == [.own: own, .colleague: other, .namesake: cousin])
    let second = LookDetectors.names(looks, named: [other: [AnomalyMaking.user(2)]], namesakes: [:], making.window) {
      _, _ in true
    }
    #expect(second.map(\.kind) == [.own])
    let stranger = LookDetectors.names(
      looks, named: [:], namesakes: [cousin: [AnomalyMaking.user(5)]], making.window
    ) { $0 == $1 }
    #expect(stranger.isEmpty)
  }

  @Test func nothingIsFoundWithoutEvidenceWhateverTheFacts() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<300 {
      let looks = (0..<Int.random(in: 0...40, using: &random)).map { index in
        making.look(
          .random(in: 0...12, using: &random), Int64(index), back: .random(in: 0...10, using: &random),
          hasCase: .random(using: &random), user: AnomalyMaking.user(.random(in: 1...3, using: &random)))
      }
      let days = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        making.dayFact(
          .random(in: 0...300, using: &random), late: .random(in: 0...20, using: &random),
          back: .random(in: 0...30, using: &random), user: AnomalyMaking.user(.random(in: 1...4, using: &random)))
      }
      let gaps = Int.random(in: 0...5, using: &random)
      let found =
        LookDetectors.repeated(looks, making.window) + LookDetectors.walks(looks, making.window) { _, _ in gaps }
        + LookDetectors.names(
          looks, named: [AnomalyMaking.person(1): [making.user]],
          namesakes: [AnomalyMaking.person(2): [making.user]], making.window
        ) { $0 == $1 } + DayDetectors.bulk(days, making.window) + DayDetectors.hours(days, making.window)
      for finding in found {
        let evidence = finding.evidence
        #expect(evidence.count > 0 && evidence.first <= evidence.last && evidence.since <= evidence.until)
        #expect(!evidence.samples.isEmpty && evidence.samples.count <= Evidence.samplesMax)
        #expect(evidence.samples.allSatisfy { (evidence.first...evidence.last).contains($0) })
        #expect(finding.score >= 1)
      }
    }
  }

  @Test func anIdIsMadeFromWhatTheFindingIsAbout() {
    let id = Finding.id(.bulk, making.user, making.day, nil, role: nil)
    #expect(id == Finding.id(.bulk, making.user, making.day, nil, role: nil))
    #expect(id != Finding.id(.hours, making.user, making.day, nil, role: nil))
    #expect(id != Finding.id(.bulk, making.user, making.day, AnomalyMaking.person(1), role: nil))
    #expect(id.high >> 12 & 0xF == 8 && id.low >> 62 == 2)
  }
}

/// SplitMix64.
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
