import Model
import Register
import Wire

/// A session of rek/1 (PROTOCOL.md sections 2 to 4) without input or output: what happens goes in, what is to be done
/// comes out as actions, and lines as `output`.
///
/// Not a lock nor a clock in it: whoever holds it serialises the calls and says what time it is. After any call, when
/// `needsTurn` says so, the connection takes a turn: `pump`, write the output, follow `exit`.
struct SessionMachine: Sendable {
  /// How the connection ends.
  enum Exit: Sendable, Equatable {
    /// When everything is written.
    case afterOutput
    /// At once.
    case now
  }

  /// Why no more commands are taken.
  enum Ending: Sendable, Equatable {
    /// The client's `quit`, with its tag: when all commands under way have ended.
    case quit(String)
    /// The session was ended by somebody, or the server stops.
    case draining
    /// The client broke the rules, or left, or was silent too long.
    case broken
  }

  let limits: SessionLimits
  /// The connection's own session, or the one that it resumed.
  var session: SessionID
  let transport: Transport
  let effect: @Sendable (String) -> CommandSpec.Effect?

  var output: [UInt8] = []
  var exit: Exit?
  var ending: Ending?
  var language = Language.english
  var account: SessionAccount?
  var exchange: AuthenticationExchange?
  /// The request of an exchange that ended while the register looked at it, by the exchange's number.
  var brokenOff: [UInt64: RequestID] = [:]
  var commands: [String: LiveCommand] = [:]
  /// The tags of commands that wait for a write before them, in the order sent.
  var held: [String] = []
  var isWriteUnderWay = false
  var purpose: Purpose?
  var caseReference = ""
  /// The tag of a command whose bulk input is more than should wait.
  var overfull: String?
  var nextNumber: UInt64 = 1
  var events = EventStream()

  private var decoder: LineDecoder
  /// The first bytes, until they show whose protocol they are; nil from then on.
  private var firstBytes: [UInt8]? = []
  private var mustPump = false
  private var isRoomWanted = false
  private(set) var failedTries = 0
  private var commandsBeforeAuth = 0
  private var unsentBytes = 0
  private let connectedAt: Tick
  private var activeAt: Tick
  private var progressAt: Tick

  /// A session of a connection just made; its greeting is in `output`.
  init(
    limits: SessionLimits = SessionLimits(), session: SessionID = .new(), transport: Transport, now: Tick,
    effect: @escaping @Sendable (String) -> CommandSpec.Effect?
  ) {
    self.limits = limits
    self.session = session
    self.transport = transport
    self.effect = effect
    decoder = LineDecoder(maximumBytes: limits.lineBeforeAuthBytes)
    connectedAt = now
    activeAt = now
    progressAt = now
    ReplyLine.item(tag: nil, kind: .event, into: &output) { $0.object(Self.greeting(limits, transport)) }
  }

  private static func greeting(_ limits: SessionLimits, _ transport: Transport) -> JSONObject {
    [
      "event": "hello", "proto": ["rek/1"], "caps": .array(transport.capabilities.map { .string($0) }),
      "limits": [
        "line": .int(Int64(limits.lineBytes)), "inflight": .int(Int64(limits.inflight)),
        "credit": .int(Int64(limits.creditRows)), "idle_s": .int(Int64(limits.idleSeconds)),
        "auth": [
          "line": .int(Int64(limits.lineBeforeAuthBytes)), "total_s": .int(Int64(limits.authTotalSeconds)),
          "tries": .int(Int64(limits.authTries)), "commands": .int(Int64(limits.authCommands)),
        ],
      ],
      "lang": ["fi", "sv", "en"],
    ]
  }

  // MARK: Input

  /// Whether nothing should be read from the client for now.
  var isReadingPaused: Bool { backlog >= limits.outputHighBytes || overfull != nil || !takesLines }

  /// Whether the connection should take a turn.
  var needsTurn: Bool { !output.isEmpty || mustPump || exit != nil }

  /// Bytes came from the client; `pump` looks at them.
  mutating func received(_ bytes: UnsafeRawBufferPointer) {
    guard takesLines else { return }
    if let seen = firstBytes {
      firstBytes = seen + bytes.prefix(ForeignProtocol.bytesMax - seen.count)
    }
    decoder.append(bytes)
    mustPump = true
  }

  /// Takes the lines that came, as far as there is room for their answers.
  mutating func pump(now: Tick) -> [SessionAction] {
    var actions: [SessionAction] = []
    mustPump = false
    if let firstBytes { judge(firstBytes) }
    while !isReadingPaused {
      do throws(LineFault) {
        guard let line = try decoder.next() else { break }
        activeAt = now
        take(line, &actions)
      } catch {
        unreadable(error, &actions)
      }
    }
    return actions
  }

  /// A line that is none: its tag is echoed where it can be read, and the connection ends.
  private mutating func unreadable(_ fault: LineFault, _ actions: inout [SessionAction]) {
    let begun = RequestParser.tag(ofBeginning: decoder.faultyBeginning)
    if let begun, begun.isFeed, isUnderWay(begun.tag) {
      badFeed(begun.tag, fault.code, &actions)
    } else {
      // A tag that is under way has its own last line, and nobody waits for one of a feed.
      let tag = begun.flatMap { $0.isFeed || isUnderWay($0.tag) ? nil : $0.tag }
      final(tag, .bad, fault.code, SessionText.bad(fault.code))
    }
    breakOff(&actions)
  }

  /// A first line that belongs to another protocol gets no answer at all.
  private mutating func judge(_ bytes: [UInt8]) {
    switch ForeignProtocol.judge(bytes) {
    case .foreign:
      ending = .broken
      exit = .now
    case .ours: firstBytes = nil
    case .unknown: break
    }
  }

  private mutating func take(_ line: [UInt8], _ actions: inout [SessionAction]) {
    do throws(RequestFault) {
      let request = try RequestParser.parse(line, maximumBytes: decoder.maximumBytes)
      switch request.body {
      case .feed(let json): feed(request.tag, json, bytes: line.count, &actions)
      case .command(let command): self.command(request.tag, command, &actions)
      }
    } catch {
      if error.isFeed {
        if let tag = error.tag { badFeed(tag, error.code, &actions) }
      } else if isUnderWay(error.tag) {
        reusedTag(&actions)
      } else if countsBeforeAuth(error.tag, &actions) {
        final(error.tag, .bad, error.code, SessionText.bad(error.code))
      }
    }
  }

  /// Whether a tag's last line is still to come.
  func isUnderWay(_ tag: String?) -> Bool {
    guard let tag else { return false }
    if case .quit(tag)? = ending { return true }
    return commands[tag] != nil || exchange?.tag == tag
  }

  mutating func reusedTag(_ actions: inout [SessionAction]) {
    final(nil, .bad, "sequence", SessionText.sequence)
    breakOff(&actions)
  }

  /// Counts a line before authentication; false when it was one too many, and answered.
  mutating func countsBeforeAuth(_ tag: String?, _ actions: inout [SessionAction]) -> Bool {
    guard account == nil else { return true }
    commandsBeforeAuth += 1
    guard commandsBeforeAuth > limits.authCommands else { return true }
    final(tag, .no, "auth/required", SessionText.authRequired)
    breakOff(&actions)
    return false
  }

  /// A try to authenticate came to nothing.
  mutating func countFailedTry(_ actions: inout [SessionAction]) {
    failedTries += 1
    if failedTries >= limits.authTries { breakOff(&actions) }
  }

  mutating func authenticated(as account: SessionAccount) {
    self.account = account
    session = account.session ?? session
    decoder.maximumBytes = limits.lineBytes
  }

  // MARK: Output

  /// What is not yet with the operating system.
  var backlog: Int { output.count + unsentBytes }

  /// Whether a row may go out; where not, waiting commands are woken when it may.
  mutating func hasRoom() -> Bool {
    if backlog < limits.outputHighBytes { return true }
    isRoomWanted = true
    return false
  }

  /// Whether lines to the client make sense at all.
  var isSilent: Bool { ending == .broken }

  /// Gives the output out to be written; `wrote` follows as it leaves.
  mutating func takeOutput(now: Tick) -> [UInt8] {
    if unsentBytes == 0 { progressAt = now }
    unsentBytes += output.count
    let taken = output
    output = []
    return taken
  }

  /// So much of the output left.
  mutating func wrote(_ bytes: Int, now: Tick) -> [SessionAction] {
    unsentBytes -= bytes
    progressAt = now
    activeAt = now
    guard backlog < limits.outputLowBytes else { return [] }
    mustPump = mustPump || decoder.pendingBytes > 0
    if !isSilent { events.reportLost(into: &output) }
    guard isRoomWanted else { return [] }
    isRoomWanted = false
    return [.wakeAll]
  }

  /// Writes a last line of the session's own making.
  mutating func final(
    _ tag: String?, _ status: Status, _ code: String, _ words: Text? = nil, _ object: JSONObject = [:],
    retryMilliseconds: Int? = nil
  ) {
    var object = object
    if let words { object["msg"] = .string(words[language]) }
    if let retryMilliseconds { object["retry"] = .int(Int64(retryMilliseconds)) }
    line(tag, FinalLine(status: status, code: code, object: object))
  }

  /// Writes a last line; one without a request id gets one.
  mutating func line(_ tag: String?, _ final: FinalLine) {
    if isSilent { return }
    var object = final.object
    if object["rid"] == nil { object["rid"] = .string(RequestID.new().description) }
    ReplyLine.final(tag: tag, status: final.status, code: final.code, into: &output) { $0.object(object) }
  }

  /// Has bytes that wait looked at in the next turn.
  mutating func resumeReading() { mustPump = true }

  // MARK: Time

  /// Looks at the clock; returns in how many milliseconds to do so again.
  mutating func tick(now: Tick) -> (actions: [SessionAction], nextMilliseconds: Int) {
    var actions: [SessionAction] = []
    let stalled = limits.stalledWriteSeconds * 1000
    if unsentBytes > 0, now.milliseconds(since: progressAt) >= stalled {
      leave(&actions)
    } else if account == nil {
      let left = limits.authTotalSeconds * 1000 - now.milliseconds(since: connectedAt)
      if left <= 0 { leave(&actions) }
      return (actions, max(1, min(left, stalled)))
    } else if commands.values.contains(where: { $0.held == nil && $0.waiting == .nothing }) {
      activeAt = now
    } else if now.milliseconds(since: activeAt) >= limits.idleSeconds * 1000 {
      notify(["event": "bye", "reason": "idle"])
      breakOff(&actions)
    }
    return (actions, min(5000, stalled, limits.idleSeconds * 1000))
  }
}
