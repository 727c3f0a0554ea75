import Model
import Register
import Wire

// What commands send and take, within credit, room and bounds.
extension SessionMachine {
  // MARK: To the client

  /// Sends a row of a command, given as the text of one JSON value.
  mutating func sendRow(_ tag: String, _ number: UInt64, _ json: [UInt8]) -> SendOutcome {
    guard json.count + tag.utf8.count + 4 <= Limits.serverLineBytesMax else { return .tooLong }
    guard canSend(tag, number) else { return .gone }
    guard hasRoom() else { return .wait }
    guard takeCredit(tag) else { return .wait }
    ReplyLine.item(tag: tag, kind: .row, into: &output) { $0.raw(json) }
    return .sent
  }

  /// Tells how far a command is.
  mutating func sendProgress(_ tag: String, _ number: UInt64, done: Int, total: Int?) -> SendOutcome {
    guard canSend(tag, number) else { return .gone }
    guard hasRoom() else { return .wait }
    ReplyLine.item(tag: tag, kind: .progress, into: &output) { writer in
      writer.beginObject()
      writer.key("done")
      writer.int(done)
      if let total {
        writer.key("total")
        writer.int(total)
      }
      writer.endObject()
    }
    return .sent
  }

  private func canSend(_ tag: String, _ number: UInt64) -> Bool {
    guard let live = commands[tag], live.number == number else { return false }
    return !live.isCancelled && !isSilent
  }

  /// Uses up one row of credit; asks for more where there is none.
  private mutating func takeCredit(_ tag: String) -> Bool {
    guard let credit = commands[tag]?.credit else { return false }
    if credit > 0 {
      commands[tag]?.credit = credit - 1
      commands[tag]?.waiting = .nothing
      return true
    }
    askForCredit(tag)
    return false
  }

  /// How many rows the client takes now; waits, and asks for credit, where it takes none.
  mutating func room(_ tag: String, _ number: UInt64) -> RoomOutcome {
    guard canSend(tag, number), let live = commands[tag] else { return .gone }
    guard hasRoom() else { return .wait }
    if live.credit > 0 { return .rows(live.credit) }
    askForCredit(tag)
    return .wait
  }

  private mutating func askForCredit(_ tag: String) {
    if commands[tag]?.hasAskedForCredit == false {
      commands[tag]?.hasAskedForCredit = true
      ReplyLine.item(tag: tag, kind: .need, into: &output) { $0.object(["need": "credit"]) }
    }
    commands[tag]?.waiting = .credit
    if overfull == tag {
      // Its credit comes behind the input that waits for it.
      overfull = nil
      resumeReading()
    }
  }

  // MARK: From the client

  /// The next piece of a command's bulk input, which is asked for the first time.
  mutating func nextFeed(_ tag: String, _ number: UInt64) -> FeedOutcome {
    guard canSend(tag, number), var live = commands[tag] else { return .gone }
    if live.bulk == .notAsked {
      live.bulk = .open
      ReplyLine.item(tag: tag, kind: .need, into: &output) { $0.object(["need": "rows"]) }
    }
    // One holder of the queue at a time, or it would be copied.
    commands[tag] = nil
    let piece = live.feeds.popFirst()
    live.waiting = piece == nil && live.bulk == .open ? .feed : .nothing
    if overfull == tag, live.feeds.bytes <= limits.feedQueueBytes / 2 {
      overfull = nil
      resumeReading()
    }
    let isOpen = live.bulk == .open
    commands[tag] = live
    if let piece { return .piece(piece) }
    return isOpen ? .wait : .end
  }

  /// Asks a command's client for one thing; false where nobody is there to answer.
  mutating func ask(_ tag: String, _ number: UInt64, _ need: JSONObject) -> Bool {
    guard canSend(tag, number) else { return false }
    ReplyLine.item(tag: tag, kind: .need, into: &output) { $0.object(need) }
    commands[tag]?.isAsked = true
    commands[tag]?.waiting = .feed
    return true
  }

  /// The answer to what was asked.
  mutating func nextAnswer(_ tag: String, _ number: UInt64) -> FeedOutcome {
    guard canSend(tag, number), var live = commands[tag] else { return .gone }
    commands[tag] = nil
    let answer = live.feeds.popFirst()
    live.waiting = answer == nil ? .feed : .nothing
    commands[tag] = live
    return answer.map { .piece($0) } ?? .wait
  }

  /// A feed came.
  mutating func feed(_ tag: String, _ json: JSON, bytes: Int, _ actions: inout [SessionAction]) {
    if exchange?.tag == tag { return exchangeFeed(json, &actions) }
    guard let live = commands[tag], !live.isCancelled else { return }
    if live.isAsked {
      commands[tag]?.isAsked = false
      enqueue(tag, json, bytes, &actions)
    } else if live.bulk != .open || (live.waiting == .credit && Self.isCredit(json)) {
      guard addCredit(tag, json) else { return badFeed(tag, "syntax", &actions) }
      actions.append(.wake(live.number))
    } else if case .null = json {
      commands[tag]?.bulk = .ended
      actions.append(.wake(live.number))
    } else {
      enqueue(tag, json, bytes, &actions)
    }
  }

  private mutating func enqueue(_ tag: String, _ json: JSON, _ bytes: Int, _ actions: inout [SessionAction]) {
    commands[tag]?.feeds.append(json, bytes: bytes)
    guard let live = commands[tag] else { return }
    if live.waiting == .feed { actions.append(.wake(live.number)) }
    guard live.feeds.bytes > limits.feedQueueBytes else { return }
    if live.waiting != .credit {
      overfull = tag
    } else if live.feeds.bytes > limits.feedQueueBytesMax {
      cancel(tag, as: (.no, "limit/quota"), &actions)
    }
  }

  /// A feed that cannot be read, or is not what was asked for: its command ends.
  mutating func badFeed(_ tag: String, _ code: String, _ actions: inout [SessionAction]) {
    if exchange?.tag == tag {
      endExchange(.bad, code, SessionText.bad(code), &actions)
    } else {
      cancel(tag, as: (.bad, code), &actions)
    }
  }

  private static func isCredit(_ json: JSON) -> Bool {
    guard case .object(let object) = json else { return false }
    return object.count == 1 && object["credit"] != nil
  }

  private mutating func addCredit(_ tag: String, _ json: JSON) -> Bool {
    guard Self.isCredit(json), let rows = json["credit"]?.int, rows > 0, let credit = commands[tag]?.credit else {
      return false
    }
    let sum = min(limits.creditRowsMax, credit + Int(min(rows, Int64(limits.creditRowsMax))))
    commands[tag]?.credit = sum
    commands[tag]?.hasAskedForCredit = false
    commands[tag]?.waiting = .nothing
    return true
  }

  // MARK: The session's own state

  /// A command changes the session.
  mutating func apply(_ change: SessionChange) {
    switch change {
    case .use(let purpose, let caseReference):
      if let purpose { self.purpose = Purpose(name: purpose) }
      if let caseReference { self.caseReference = caseReference }
    case .watch: events.start()
    }
  }

  /// An event for a session that watches.
  mutating func notify(_ event: JSONObject) {
    if isSilent { return }
    let hasRoom = backlog < limits.outputHighBytes
    events.add(event, hasRoom: hasRoom, into: &output)
  }
}

// Whether one who was told to wait need not any more.
extension SessionMachine {
  /// Whether sending for a command is worth another try.
  func maySend(_ tag: String, _ number: UInt64) -> Bool {
    guard canSend(tag, number), let live = commands[tag] else { return true }
    return backlog < limits.outputHighBytes && (live.waiting != .credit || live.credit > 0)
  }

  /// Whether looking for a command's answer is worth another try.
  func mayAnswer(_ tag: String, _ number: UInt64) -> Bool {
    guard canSend(tag, number), let live = commands[tag] else { return true }
    return live.feeds.bytes > 0
  }

  /// Whether asking for a command's input is worth another try.
  func mayTake(_ tag: String, _ number: UInt64) -> Bool {
    guard canSend(tag, number), let live = commands[tag] else { return true }
    return live.bulk == .ended || live.feeds.bytes > 0
  }
}
