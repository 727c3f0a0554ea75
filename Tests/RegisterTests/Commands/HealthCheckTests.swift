import Custody
import Model
import Testing
import Wire

@testable import Register

struct HealthCheckTests {
  private func health(waitingSince: Instant?) -> StoreHealth {
    StoreHealth(
      version: "15.1", bytes: 5 << 20, logSize: 12, logAt: nil, waiting: waitingSince == nil ? 0 : 1,
      waitingSince: waitingSince)
  }

  @Test func aBlockedLogIsFailingAndSaysWhy() {
    #expect(HealthCheck.log([]).status == .ok)
    let check = HealthCheck.log(["fsync is off"])
    #expect(check.status == .failing)
    for language in Language.allCases { #expect(check.detail[language].contains("fsync is off")) }
  }

  @Test func theSequencerIsAsBadAsItIsBehind() {
    let now = Instant(microseconds: 1_000_000_000)
    #expect(HealthCheck.sequencer(health(waitingSince: nil), at: now).status == .ok)
    #expect(HealthCheck.sequencer(health(waitingSince: now.adding(seconds: -1)), at: now).status == .ok)
    #expect(HealthCheck.sequencer(health(waitingSince: now.adding(seconds: -6)), at: now).status == .warning)
    #expect(HealthCheck.sequencer(health(waitingSince: now.adding(seconds: -60)), at: now).status == .failing)
    #expect(HealthCheck.sequencer(health(waitingSince: now.adding(seconds: 9)), at: now).status == .ok)
  }

  @Test func keysInDoubtAreWorseThanRepairedOnes() {
    #expect(HealthCheck.keys(200, repaired: 0, open: 0).status == .ok)
    #expect(HealthCheck.keys(200, repaired: 2, open: 0).status == .warning)
    #expect(HealthCheck.keys(200, repaired: 2, open: 1).status == .failing)
  }

  @Test func uptimeIsInDaysHoursAndMinutes() {
    let start = Instant(microseconds: 0)
    let check = HealthCheck.uptime(since: start, at: start.adding(seconds: 2 * 86_400 + 3 * 3600 + 4 * 60 + 5))
    #expect(check.detail.en.hasPrefix("2 d 3 h 4 min"))
  }

  @Test func faultySlotsAreNamedUpToABound() {
    let faulty = (0..<150).map { Int64($0) }
    let check = KeyCheck(
      live: 1, destroyed: 2, empty: 3, damaged: 150, disagreeing: 0, unowned: 0, faulty: faulty)
    let rows = KeysVerify.rows(check)
    #expect(rows.count == 7)
    #expect(rows.last?["slots"]?.array?.count == KeysVerify.slotsShown)
    #expect(rows.last?["count"] == 150)
  }

  @Test func settingsHaveEachNameOnce() {
    let names = ServerSettingsShow.bounds.map(\.name)
    #expect(Set(names).count == names.count)
  }
}
