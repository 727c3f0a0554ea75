import AccessLog
import Model
import Postgres
import Testing

@testable import Custody
@testable import Register

/// Questions to the log give the same answers whatever of it is counted, and these are what its entries say.
struct LogTalliesTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func answersAreWhatTheEntriesSay(_ seed: UInt64) async throws {
    try await withRegister(runs: false) { register in
      var making = LogMaking(seed: seed)
      for _ in 0..<4 {
        try await register.custody.ledger.record((0..<150).map { _ in making.entry() })
        try await register.custody.sequencer.catchUp(deadline: soon())
      }
      let store = Store(
        pool: register.register.store.pool, lane: register.database.configuration(user: "rekisteri_server"),
        logBlockEntries: 16, logger: quiet)
      // Nothing is counted, then the first blocks, then all that are whole.
      #expect(store.tallies.blocks.counted.isEmpty)
      try await compare(store, register, &making)
      #expect(try await store.tallies.extend(store))
      #expect(store.tallies.blocks.counted == 0..<256)
      try await compare(store, register, &making)
      while try await store.tallies.extend(store) {}
      #expect(store.tallies.blocks.counted.count >= 592)
      try await compare(store, register, &making)
      // The oldest month goes, as past the retention.
      try await register.database.script("DROP TABLE access_entry_\(LogMaking.oldestMonth)")
      try await compare(store, register, &making)
      await store.close()
    }
  }

  private func compare(_ store: Store, _ register: TestRegister, _ making: inout LogMaking) async throws {
    let kept = try await register.database.query("SELECT index, entry FROM access_entry ORDER BY index").map {
      try LoggedEntry(index: try $0.int64(0), bytes: try $0.bytes(1))
    }
    let size = try await store.logSize(deadline: soon())
    for _ in 0..<120 {
      let filter = making.filter()
      let asked = kept.filter { making.asks(filter, for: $0.entry) }
      let grouping = making.pick(LogGrouping.allCases)
      let counts = try await store.logCounts(filter, by: grouping, before: size, deadline: soon()).counts
      #expect(counts == LogMaking.counts(asked, grouping), "\(filter) by \(grouping)")
      let after = making.chance(3) ? Int64.random(in: -1...size, using: &making) : making.pick([-1, .max])
      let before = making.chance(3) ? Int64.random(in: 0...size, using: &making) : size
      let limit = making.pick([1, 3, 20, 500])
      let newest = making.chance(2)
      let entries = try await store.logEntries(
        filter, after: after, before: before, newestFirst: newest, limit: limit, deadline: soon()
      ).entries
      let expected = asked.map(\.index).filter { $0 > after && $0 < before }
      #expect(
        entries.map(\.index) == Array((newest ? expected.reversed() : expected).prefix(limit)), "\(filter) \(newest)")
    }
  }

  @Test func aRareVerbIsFoundInItsOwnBlocksOnly() throws {
    let blocks = try LogMaking.blocks([(0, "often", 16), (1, "often", 15), (1, "rare", 1), (2, "often", 16)])
    var filter = LogFilter()
    filter.verb = "rare"
    let oldest = Instant(microseconds: 0)
    let places = blocks.places(filter, oldest: oldest, within: 0..<50, backward: false, limit: 5)
    #expect(places.readings == [16..<32, 48..<50])
    #expect(places.rest == nil)
    let first = blocks.places(filter, oldest: oldest, within: 0..<50, backward: false, limit: 1)
    #expect(first.readings == [16..<32])
    #expect(first.rest == 32..<50)
    let newest = blocks.places(filter, oldest: oldest, within: 0..<50, backward: true, limit: 5)
    #expect(newest.readings == [48..<50, 16..<32])
    // Of a part of a block nobody knows how many there are.
    let part = blocks.places(filter, oldest: oldest, within: 0..<20, backward: true, limit: 1)
    #expect(part.readings == [16..<20])
    #expect(part.rest == nil)
  }

  @Test func theOldestBlocksAreForgottenWhereTheyAreTooMany() throws {
    let rows = (0..<40).map { (block: Int64($0), verb: "verb-\($0 % 3)", count: Int64(16)) }
    let blocks = try LogMaking.blocks(rows, talliesMax: 39)
    #expect(blocks.counted.upperBound == 640)
    #expect(blocks.counted.lowerBound > 0)
    #expect(blocks.tallies.count < 40)
    let (counts, readings) = blocks.count(
      LogFilter(), oldest: Instant(microseconds: 0), before: 640, by: .outcome)
    #expect(readings == [0..<blocks.counted.lowerBound])
    #expect(counts.counted.values.reduce(0) { $0 + $1.count } == 640 - blocks.counted.lowerBound)
  }
}
