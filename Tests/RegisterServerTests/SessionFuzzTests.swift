import Model
import Testing
import Wire

@testable import RegisterServer

struct SessionFuzzTests {
  private static let words = [
    "1", "2", "a", "-", "hello", "auth", "ping", "quit", "cancel", "read.a", "write.b", "proto=rek/1", "lang=fi",
    "mech=PLAIN", "mech=SCRAM-SHA-256", "mech=EXTERNAL", "ir=\"\"", "ir=biwsbj1hLHI9YWJj", "of=1", "of=2", ">", "null",
    "\"\"", "\"Yz1i\"", "{\"credit\":5}", "{\"credit\":0}", "{\"otp\":\"1\"}", "{", "\\u{1}", "ä", "\u{202E}", "\n",
    "\r\n", "\r", " ", "  ",
  ]

  private static func noise(_ generator: inout some RandomNumberGenerator) -> [UInt8] {
    if Int.random(in: 0..<40, using: &generator) == 0 {
      return (0..<Int.random(in: 1..<80, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 1..<6, using: &generator) {
      bytes += Array((words.randomElement(using: &generator) ?? "").utf8) + [0x20]
    }
    bytes.removeLast()
    return bytes + [0x0A]
  }

  @Test func noiseBeforeAuthenticationNeverRunsACommandNorOpensASession() {
    var generator = Seeded(state: 7)
    for _ in 0..<3000 {
      var talk = Conversation(transport: Transport(address: "local", unixUser: "x", allowsPlain: true))
      while talk.machine.exit == nil, talk.now.milliseconds(since: .now()) < 60_000 {
        talk.bytes(Self.noise(&generator))
        if Bool.random(using: &generator) { talk.pass(seconds: 3) }
        _ = talk.lines()
      }
      #expect(talk.machine.exit != nil)
      #expect(talk.started.isEmpty)
      #expect(talk.machine.account == nil)
    }
  }

  @Test func noiseInASessionKeepsItsInvariants() throws {
    var generator = Seeded(state: 11)
    for _ in 0..<1500 {
      var talk = Conversation.authenticated()
      var running: [SessionCall] = []
      for _ in 0..<60 {
        talk.bytes(Self.noise(&generator))
        running += talk.started
        talk.actions = []
        #expect(running.filter { $0.command.verb.hasPrefix("write") }.count <= 1, "one write at a time")
        #expect(talk.machine.commands.count <= 64)
        if !running.isEmpty, Bool.random(using: &generator) {
          let call = running.remove(at: Int.random(in: 0..<running.count, using: &generator))
          _ = talk.machine.sendRow(call.tag, call.number, [0x30])
          _ = talk.machine.nextFeed(call.tag, call.number)
          talk.actions += talk.machine.ended(
            call.tag, call.number, FinalLine(status: .ok, code: "done", object: [:]))
        }
        for line in talk.lines() { _ = try ServerLine.parse(Array(line.utf8)) }
      }
      for call in running {
        talk.actions += talk.machine.ended(call.tag, call.number, FinalLine(status: .ok, code: "done", object: [:]))
      }
    }
  }
}

/// SplitMix64: the same numbers for the same seed.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
