import Model
import Register
import Wire

// Commands: the session's own, and handing out the others in their order.
extension SessionMachine {
  mutating func command(_ tag: String, _ command: Command, _ actions: inout [SessionAction]) {
    if isUnderWay(tag) { return reusedTag(&actions) }
    guard countsBeforeAuth(tag, &actions) else { return }
    if exchange != nil, command.verb != "cancel" { return refuse(tag, "sequence") }
    switch command.verb {
    case "ping": if takes(tag, command, []) { final(tag, .ok, "done") }
    case "hello": hello(tag, command)
    case "auth": authenticate(tag, command, &actions)
    case "quit": quit(tag, command)
    default:
      guard account != nil || exchange != nil else {
        return final(tag, .no, "auth/required", SessionText.authRequired)
      }
      if command.verb == "cancel" { return cancel(tag, command, &actions) }
      hand(tag, command, &actions)
    }
  }

  /// Answers `BAD`.
  mutating func refuse(_ tag: String?, _ code: String) { final(tag, .bad, code, SessionText.bad(code)) }

  /// Whether a command of the session's own has only parameters that it takes; answers where not.
  mutating func takes(_ tag: String, _ command: Command, _ names: Set<String>) -> Bool {
    guard let place = command.parameters.firstIndex(where: { !names.contains($0.name) }) else { return true }
    final(tag, .bad, "unknown/param", UnknownParameter.text(command.parameters, place))
    return false
  }

  private mutating func hello(_ tag: String, _ command: Command) {
    guard takes(tag, command, ["proto", "lang", "caps"]) else { return }
    guard command["proto"] == "rek/1" else { return final(tag, .no, "invalid/proto", SessionText.version) }
    if let word = command["lang"] {
      guard let asked = Language(rawValue: word) else {
        return final(tag, .no, "invalid/lang", SessionText.language)
      }
      language = asked
    }
    final(tag, .ok, "done")
  }

  private mutating func quit(_ tag: String, _ command: Command) {
    guard takes(tag, command, []) else { return }
    guard ending == nil else { return refuse(tag, "sequence") }
    ending = .quit(tag)
    endIfDone()
  }

  private mutating func cancel(_ tag: String, _ command: Command, _ actions: inout [SessionAction]) {
    guard takes(tag, command, ["of"]) else { return }
    guard let target = command["of"] else { return final(tag, .no, "invalid/of", SessionText.missing) }
    if let exchange, exchange.tag == target {
      final(tag, .ok, "done")
      endExchange(.no, "cancelled", SessionText.cancelled, &actions)
    } else if commands[target] != nil {
      final(tag, .ok, "done")
      cancel(target, &actions)
    } else {
      final(tag, .no, "notfound", SessionText.noCommand)
    }
  }

  // MARK: Order

  /// Takes a command on: at once, or when the writes before it have ended.
  private mutating func hand(_ tag: String, _ command: Command, _ actions: inout [SessionAction]) {
    if ending != nil { return refuse(tag, "sequence") }
    guard commands.count < limits.inflight else {
      return final(tag, .no, "limit/inflight", SessionText.inflight, retryMilliseconds: 100)
    }
    let isWrite = effect(command.verb) == .write
    var live = LiveCommand(number: nextNumber, isWrite: isWrite, credit: limits.creditRows)
    nextNumber += 1
    if isWriteUnderWay || !held.isEmpty {
      live.held = command
      commands[tag] = live
      held.append(tag)
    } else {
      commands[tag] = live
      start(tag, live, command, &actions)
    }
  }

  private mutating func start(
    _ tag: String, _ live: LiveCommand, _ command: Command, _ actions: inout [SessionAction]
  ) {
    guard let account else { return }
    if live.isWrite { isWriteUnderWay = true }
    actions.append(
      .start(
        SessionCall(
          number: live.number, tag: tag, command: command, account: account, session: session,
          address: transport.address, language: language, purpose: purpose, caseReference: caseReference)))
  }

  /// A command ended; its last line goes out, and what waited for it begins.
  mutating func ended(_ tag: String, _ number: UInt64, _ final: FinalLine) -> [SessionAction] {
    guard let live = commands[tag], live.number == number else { return [] }
    var actions: [SessionAction] = []
    line(tag, outcome(of: live, final))
    remove(tag, live)
    startHeld(&actions)
    endIfDone()
    return actions
  }

  /// What is answered: what really happened, unless that is only that the client's own fault broke it off.
  private func outcome(of live: LiveCommand, _ final: FinalLine) -> FinalLine {
    guard let (status, code) = live.ending, final.status != .ok, final.object["unknown"] == nil else { return final }
    let words = status == .bad ? SessionText.bad(code) : SessionText.quota
    var object: JSONObject = ["msg": .string(words[language])]
    object["rid"] = final.object["rid"]
    return FinalLine(status: status, code: code, object: object)
  }

  private mutating func remove(_ tag: String, _ live: LiveCommand) {
    commands[tag] = nil
    if live.isWrite, live.held == nil { isWriteUnderWay = false }
    if overfull == tag {
      overfull = nil
      resumeReading()
    }
  }

  private mutating func startHeld(_ actions: inout [SessionAction]) {
    guard !held.isEmpty, ending != .draining, ending != .broken else { return }
    var taken = 0
    while taken < held.count, !isWriteUnderWay {
      let tag = held[taken]
      taken += 1
      guard var live = commands[tag], let command = live.held else { continue }
      live.held = nil
      commands[tag] = live
      start(tag, live, command, &actions)
    }
    held.removeFirst(taken)
  }

  // MARK: Breaking off

  /// Cancels a command: one that runs ends by itself, one that waits ends here.
  mutating func cancel(
    _ tag: String, as ending: (status: Status, code: String)? = nil, _ actions: inout [SessionAction]
  ) {
    guard var live = commands[tag], !live.isCancelled else { return }
    if live.held != nil {
      held.removeAll { $0 == tag }
      let cancelled = FinalLine(
        status: .no, code: "cancelled", object: ["msg": .string(SessionText.cancelled[language])])
      live.ending = ending
      line(tag, outcome(of: live, cancelled))
      remove(tag, live)
      return endIfDone()
    }
    live.isCancelled = true
    live.ending = ending
    live.feeds = FeedQueue()
    commands[tag] = live
    if overfull == tag {
      overfull = nil
      resumeReading()
    }
    actions.append(.cancel(live.number))
  }

  /// Cancels everything under way.
  private mutating func cancelAll(_ actions: inout [SessionAction]) {
    for tag in held.reversed() { cancel(tag, &actions) }
    for tag in Array(commands.keys) { cancel(tag, &actions) }
  }

  /// Ends the connection after what was just said: nothing more is read or begun. What is under way is cancelled, and has
  /// its last line: a write that was committed meanwhile says so.
  mutating func breakOff(_ actions: inout [SessionAction]) {
    guard ending != .broken else { return }
    if case .quit(let tag)? = ending { final(tag, .no, "cancelled", SessionText.cancelled) }
    ending = .draining
    dropExchange(&actions)
    cancelAll(&actions)
    endIfDone()
  }

  /// Ends the connection at once.
  mutating func leave(_ actions: inout [SessionAction]) {
    ending = .broken
    exit = .now
    dropExchange(&actions)
    cancelAll(&actions)
  }

  /// The connection is gone.
  mutating func closed() -> [SessionAction] {
    var actions: [SessionAction] = []
    leave(&actions)
    return actions
  }

  /// Ends the session from outside. Commands under way are cancelled, or may end while the server stops; each has its
  /// last line.
  mutating func end(reason: String, cancelling: Bool) -> [SessionAction] {
    var actions: [SessionAction] = []
    guard ending != .broken else { return actions }
    if ending != .draining { notify(["event": "bye", "reason": .string(reason)]) }
    for tag in held.reversed() { cancel(tag, &actions) }
    if cancelling { cancelAll(&actions) }
    if exchange != nil { endExchange(.no, "auth/expired", SessionText.expired, &actions) }
    if ending == nil { ending = .draining }
    endIfDone()
    return actions
  }

  /// Ends the connection when its last command has ended.
  private mutating func endIfDone() {
    guard commands.isEmpty else { return }
    switch ending {
    case .quit(let tag):
      final(tag, .ok, "done")
      ending = .broken
      exit = exit ?? .afterOutput
    case .draining:
      ending = .broken
      exit = exit ?? .afterOutput
    case .broken, nil: break
    }
  }

  /// Whether lines are still taken.
  var takesLines: Bool {
    switch ending {
    case nil, .quit: true
    case .draining, .broken: false
    }
  }
}
