import AccessLog
import Model
import Testing
import Wire

@testable import Register
@testable import RegisterServer

struct SiemTests {
  private let entry = Entry(
    at: Instant(microseconds: 1_763_830_958_123_456), user: UserID(high: 1, low: 2), role: .sales, purpose: .sales,
    verb: "person.show", outcome: .denied, code: "denied/scope", rows: 0, address: "192.0.2.7",
    request: RequestID(high: 9, low: 9), epoch: 3)

  private func messages(_ format: SiemSettings.Format = .rfc5424) -> SiemMessage {
    SiemMessage(format: format, host: "host.example", process: 42)
  }

  // MARK: Messages

  @Test func anEntryIsAMessageOfRFC5424InAFrameOfRFC5425() throws {
    let frame = try messages().frame(entry: entry.encoded, index: 7)
    let (message, rest) = try #require(Self.unframed(frame[...]))
    #expect(rest.isEmpty)
    let parsed = try #require(SyslogReader.read(message))
    #expect(parsed.priority == 13 * 8 + 4)
    #expect(parsed.header == ["2025-11-22T17:02:38.123456Z", "host.example", "rekisterid", "42", "person.show"])
    #expect(parsed.element == "rekisteri@32473")
    #expect(parsed.data == ["index": "7", "rid": RequestID(high: 9, low: 9).description])
    let row = try JSON.parse(Array(parsed.text.utf8))
    #expect(row["index"] == 7)
    #expect(row["code"] == "denied/scope")
  }

  @Test func theTextIsInTheFormatOfTheSettings() throws {
    for (format, beginning) in [(SiemSettings.Format.cef, "CEF:0|Rekisteri|"), (.ocsf, "{\"class_uid\":6005")] {
      let frame = try messages(format).frame(entry: entry.encoded, index: 7)
      let message = try #require(Self.unframed(frame[...])).message
      let parsed = try #require(SyslogReader.read(message))
      #expect(parsed.text.hasPrefix(beginning))
    }
  }

  @Test func aCheckpointIsAMessageInEachFormat() throws {
    let note = "example.com/log\n12\nAAAA=\n\n— example.com/log bbbb=\n"
    for format in SiemSettings.Format.allCases {
      let frame = messages(format).frame(checkpoint: 12, note: note, at: Instant(microseconds: 0))
      let message = try #require(Self.unframed(frame[...])).message
      let parsed = try #require(SyslogReader.read(message))
      #expect(parsed.header.last == "checkpoint")
      #expect(parsed.data == ["size": "12"])
      #expect(!parsed.text.isEmpty && !parsed.text.utf8.contains(0x0A))
    }
  }

  @Test func textBeyondASCIIHasAByteOrderMark() throws {
    var entry = entry
    entry.caseReference = "Ö"
    let row = try messages().frame(entry: entry.encoded, index: 7)
    #expect(row.firstRange(of: [0xEF, 0xBB, 0xBF]) != nil)
    let cef = try messages(.cef).frame(entry: entry.encoded, index: 7)
    #expect(cef.firstRange(of: [0xEF, 0xBB, 0xBF]) == nil)
    #expect(try messages().frame(entry: self.entry.encoded, index: 7).firstRange(of: [0xEF, 0xBB, 0xBF]) == nil)
  }

  @Test func bytesThatAreNoEntryAreRefused() {
    #expect(throws: RegisterError.self) { try messages().frame(entry: [1, 2, 3], index: 7) }
  }

  @Test func parametersAreEscapedAndHeadersArePrintable() {
    #expect(SiemMessage.escaped(#"a"b\c]d"#) == #"a\"b\\c\]d"#)
    #expect(SiemMessage.escaped("a\nb\u{85}") == "a\u{FFFD}b\u{FFFD}")
    #expect(SiemMessage.printable("a b\u{7F}ö\n", 9) == "ab")
    #expect(SiemMessage.printable("", 9) == "-")
    #expect(SiemMessage.printable(String(repeating: "x", count: 99), 32).count == 32)
  }

  @Test func hostileEntriesAreFramedSoThatTheyReadBack() throws {
    var random = SiemSeed(state: 11)
    let pieces = ["]", "\"", "\\", "\n", " ", "=", "|", "Ö", "\u{202E}", "12 <13>1 ", "\u{0}", "a", "\u{FEFF}"]
    for format in SiemSettings.Format.allCases {
      var stream: [UInt8] = []
      var verbs: [String] = []
      for _ in 0..<500 {
        var entry = entry
        entry.verb = (0..<6).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        entry.caseReference = (0..<6).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        verbs.append(entry.verb)
        stream += try messages(format).frame(entry: entry.encoded, index: Int64(verbs.count))
      }
      var rest = stream[...]
      for (place, verb) in verbs.enumerated() {
        let (message, left) = try #require(Self.unframed(rest))
        rest = left
        let parsed = try #require(SyslogReader.read(message))
        #expect(parsed.data["index"] == String(place + 1))
        #expect(parsed.header.last == SiemMessage.printable(verb, 32))
        #expect(SafeText.isSafe(parsed.text))
      }
      #expect(rest.isEmpty)
    }
  }

  // MARK: The window

  @Test func whatWasWrittenIsCertainOnlyAfterTheGrace() {
    var window = SiemWindow(graceMilliseconds: 1000)
    let start = Tick.now()
    window.wrote(10, at: start)
    window.wrote(20, at: start.adding(milliseconds: 500))
    #expect(window.certain(at: start.adding(milliseconds: 999)) == nil)
    #expect(window.certain(at: start.adding(milliseconds: 1000)) == 10)
    #expect(window.certain(at: start.adding(milliseconds: 1499)) == nil)
    #expect(window.certain(at: start.adding(milliseconds: 9000)) == 20)
    #expect(window.certain(at: start.adding(milliseconds: 9000)) == nil)
  }

  @Test func aWindowIsBoundedAndNeverAheadOfWhatIsCertain() {
    var window = SiemWindow(graceMilliseconds: 1000)
    var now = Tick.now()
    var highest: Int64 = -1
    for position in 0..<Int64(5000) {
      now = now.adding(milliseconds: 3)
      window.wrote(position, at: now)
      if let certain = window.certain(at: now) {
        #expect(certain > highest)
        // A write each three milliseconds: what is certain was written a second ago.
        #expect(certain <= position - 333)
        highest = certain
      }
    }
    #expect(highest > 3000)
    #expect(window.certain(at: now.adding(milliseconds: 1000)) == 4999)
  }

  @Test func attemptsWaitLongerAndLongerUpToABound() {
    let timing = SiemTiming()
    let waits = (0..<40).map { timing.retry($0, random: 0) }
    #expect(waits.prefix(4) == [500, 1000, 2000, 4000])
    #expect(waits.last == timing.retryMillisecondsMax)
    #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(timing.retry(3, random: 1) == 3000)
    #expect(timing.graceMilliseconds > timing.acknowledgeMilliseconds)
  }

  @Test func theReasonOfALostConnectionIsShort() {
    struct Fault: Error, CustomStringConvertible { let description: String }
    #expect(
      SiemStream.reason(Fault(description: "sslError(VERIFY_FAILED at /a/b/c.cc:320)")) == "sslError(VERIFY_FAILED")
    #expect(SiemStream.reason(ServerFault("gone")) == "gone")
    #expect(SiemStream.reason(RegisterError.timeout) == RegisterError.timeout.code)
  }

  @Test func streamsOfEntriesAndOfCheckpointsKeepPlacesOfTheirOwn() {
    let both = SiemSettings(host: "a", port: 1, authorities: "ca", stream: .both)
    let checkpoints = SiemSettings(host: "a", port: 1, authorities: "ca", stream: .checkpoints)
    #expect(both.name != both.checkpointName)
    #expect(both.name != checkpoints.name)
    #expect(both.name != SiemSettings(host: "a", port: 2, authorities: "ca").name)
  }

  /// The first message of a stream of frames; nil where there is no whole one.
  private static func unframed(_ bytes: ArraySlice<UInt8>) -> (message: [UInt8], rest: ArraySlice<UInt8>)? {
    guard let space = bytes.firstIndex(of: 0x20), let count = Int(String(decoding: bytes[..<space], as: UTF8.self)),
      bytes.endIndex - space - 1 >= count
    else { return nil }
    return (Array(bytes[(space + 1)..<(space + 1 + count)]), bytes[(space + 1 + count)...])
  }
}

/// A repeatable source of random numbers (SplitMix64).
private struct SiemSeed: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// Takes a message of RFC 5424 apart, by its grammar.
private struct SyslogReader {
  var priority = 0
  /// Time, host, program, process, kind.
  var header: [String] = []
  var element = ""
  var data: [String: String] = [:]
  var text = ""

  static func read(_ bytes: [UInt8]) -> SyslogReader? {
    guard let whole = String(validating: bytes, as: UTF8.self) else { return nil }
    var rest = whole.unicodeScalars[...]
    var read = SyslogReader()
    guard rest.popFirst() == "<", let end = rest.firstIndex(of: ">"), let priority = Int(String(rest[..<end])) else {
      return nil
    }
    read.priority = priority
    rest = rest[rest.index(after: end)...]
    guard rest.popFirst() == "1", rest.popFirst() == " " else { return nil }
    for _ in 0..<5 {
      guard let space = rest.firstIndex(of: " ") else { return nil }
      read.header.append(String(rest[..<space]))
      rest = rest[rest.index(after: space)...]
    }
    guard rest.popFirst() == "[", let name = rest.firstIndex(of: " ") else { return nil }
    read.element = String(rest[..<name])
    rest = rest[name...]
    while rest.first == " " {
      rest.removeFirst()
      guard let equals = rest.firstIndex(of: "=") else { return nil }
      let name = String(rest[..<equals])
      rest = rest[rest.index(after: equals)...]
      guard rest.popFirst() == "\"", let value = quoted(&rest) else { return nil }
      read.data[name] = value
    }
    guard rest.popFirst() == "]", rest.popFirst() == " " else { return nil }
    if rest.first == "\u{FEFF}" { rest.removeFirst() }
    read.text = String(rest)
    return read
  }

  private static func quoted(_ rest: inout Substring.UnicodeScalarView) -> String? {
    var value = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      if scalar == "\"" { return String(value) }
      guard scalar == "\\" else {
        value.append(scalar)
        continue
      }
      guard let next = rest.popFirst(), ["\"", "\\", "]"].contains(next) else { return nil }
      value.append(next)
    }
    return nil
  }
}
