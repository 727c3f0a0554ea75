import Testing
import Wire

@testable import Register

struct LogWalkTests {
  /// Walks over a log as `log.find` does, and gives the indexes in the order of their rows.
  private func walk(
    _ log: [Int64], after: Int64? = nil, size: Int64, newestFirst: Bool = false, limit: Int
  ) -> (rows: [Int64], walk: LogWalk) {
    var walk = LogWalk(after: after, size: size, newestFirst: newestFirst, limit: limit)
    var rows: [Int64] = []
    repeat {
      let left = log.filter { $0 > walk.after && $0 < walk.before }.sorted()
      let batch = Array((newestFirst ? left.reversed() : left).prefix(walk.batch))
      rows += batch
      walk.take(batch)
    } while !walk.isDone
    return (rows, walk)
  }

  @Test func pagesGoOnWithoutSkippingOrRepeating() {
    let log = (0..<3777).filter { $0 % 3 != 1 }.map { Int64($0) }
    for limit in [1, 7, 499, 500, 501, 1000] {
      for newestFirst in [false, true] {
        var after: Int64?
        var seen: [Int64] = []
        while true {
          let page = walk(log, after: after, size: 3777, newestFirst: newestFirst, limit: limit)
          seen += page.rows
          guard let next = page.walk.summary["next"]?.string, let index = Int64(next) else { break }
          #expect(page.rows.count == limit)
          after = index
        }
        #expect(seen == (newestFirst ? log.reversed() : log))
      }
    }
  }

  @Test func pagesOfTheNewestGoOnWhereTheyWereThoughTheLogGrows() {
    let log = (0..<100).map { Int64($0) }
    let first = walk(log, size: 50, newestFirst: true, limit: 10)
    #expect(first.walk.summary["next"] == "40")
    #expect(walk(log, after: 40, size: 100, newestFirst: true, limit: 10).rows == Array((30..<40).reversed()))
    #expect(walk(log, after: 1000, size: 100, newestFirst: true, limit: 1).rows == [99])
    #expect(walk(log, after: 0, size: 100, newestFirst: true, limit: 1).walk.summary == ["rows": 0])
  }

  @Test func theNewestComeLastFirstAndOverSeveralBatches() {
    let log = (0..<2000).map { Int64($0) }
    let page = walk(log, size: 2000, newestFirst: true, limit: 1200)
    #expect(page.rows == Array(log.reversed().prefix(1200)))
    #expect(page.walk.summary["next"] == "800")
    #expect(page.walk.summary["rows"] == 1200)
  }

  @Test func whatIsWrittenDuringTheAnswerIsNotInIt() {
    let page = walk((0..<100).map { Int64($0) }, size: 40, limit: 1000)
    #expect(page.rows.last == 39)
    #expect(page.walk.summary["next"] == nil)
  }

  @Test func anEmptyLogEndsAtOnce() {
    let page = walk([], size: 0, limit: 50)
    #expect(page.rows.isEmpty)
    #expect(page.walk.isDone)
    #expect(page.walk.summary == ["rows": 0])
  }

  @Test func aFullLastPageWithNothingBehindItHasNoNext() {
    let page = walk([0, 1, 2], size: 3, limit: 3)
    #expect(page.rows == [0, 1, 2])
    #expect(page.walk.summary["next"] == nil)
  }

  @Test func noBatchIsOverItsBound() {
    var walk = LogWalk(size: 10_000, newestFirst: false, limit: 1_000_000)
    #expect(walk.batch == LogWalk.batchRows)
    walk.take((0..<500).map { Int64($0) })
    #expect(!walk.isDone)
    #expect(walk.after == 499)
  }
}
