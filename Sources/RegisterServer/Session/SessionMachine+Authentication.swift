import Model
import Register
import Wire

// `auth`: SASL messages as base64 in JSON strings, then the one-time password.
extension SessionMachine {
  mutating func authenticate(_ tag: String, _ command: Command, _ actions: inout [SessionAction]) {
    guard takes(tag, command, ["mech", "ir"]) else { return }
    guard account == nil else { return refuse(tag, "sequence") }
    guard let mechanism = command["mech"] else { return final(tag, .no, "invalid/mech", SessionText.missing) }
    guard let encoded = command["ir"] ?? (mechanism == "EXTERNAL" ? "" : nil) else {
      return final(tag, .no, "invalid/ir", SessionText.missing)
    }
    guard let message = Base64.decode(encoded) else { return final(tag, .no, "invalid/ir", SessionText.base64) }
    var exchange = AuthenticationExchange(tag: tag, number: nextNumber, stage: .beginning)
    guard let step = firstStep(mechanism, message, &exchange) else {
      return final(tag, .no, "invalid/mech", SessionText.mechanism)
    }
    nextNumber += 1
    self.exchange = exchange
    actions.append(.authenticate(exchange.number, exchange.request, step))
  }

  /// What a first message asks for; nil for a mechanism that is not offered.
  private func firstStep(
    _ mechanism: String, _ message: [UInt8], _ exchange: inout AuthenticationExchange
  ) -> AuthenticationStep? {
    if let mechanism = ScramMechanism(rawValue: mechanism), transport.mechanisms.contains(mechanism) {
      var scram = ScramServer(
        mechanism: mechanism, offered: transport.mechanisms, channelBinding: transport.channelBinding)
      if let name = try? scram.receiveFirst(message) {
        exchange.scram = scram
        return .begin(name: name)
      }
    } else if mechanism == "EXTERNAL", transport.offersExternal {
      if message.isEmpty {
        exchange.stage = .deciding
        return transport.unixUser.map { .external(unixUser: $0) } ?? .certificate
      }
    } else if mechanism == "TOKEN" {
      if let token = String(validating: message, as: UTF8.self) {
        exchange.stage = .deciding
        return .token(token)
      }
    } else if mechanism == "PLAIN", transport.allowsPlain {
      if let (name, password) = Self.plain(message) {
        exchange.stage = .deciding
        return .plain(name: name, password: password)
      }
    } else {
      return nil
    }
    exchange.stage = .refusing
    return .refuse
  }

  /// `authzid NUL authcid NUL passwd` (RFC 4616), of which nobody acts as somebody else.
  private static func plain(_ message: [UInt8]) -> (name: String, password: String)? {
    let parts = message.split(separator: 0, omittingEmptySubsequences: false).map {
      String(validating: $0, as: UTF8.self)
    }
    guard parts.count == 3, let asked = parts[0], let name = parts[1], let password = parts[2] else { return nil }
    guard asked.isEmpty || asked == name, !name.isEmpty, !password.isEmpty else { return nil }
    return (name, password)
  }

  // MARK: The register's answers

  /// The register answered a step.
  mutating func authenticated(_ number: UInt64, _ result: AuthenticationResult) -> [SessionAction] {
    var actions: [SessionAction] = []
    guard let exchange, exchange.number == number else {
      // Broken off while the register looked at it.
      if case .identified(let attempt, .needsOneTime) = result, let request = brokenOff.removeValue(forKey: number) {
        actions.append(.abandoned(request, attempt))
      }
      return actions
    }
    switch (exchange.stage, result) {
    case (_, .failed(let error)):
      endExchange(.no, error.code, error.message, error: error, &actions)
    case (.beginning, .begun(let attempt)):
      challenge(attempt, &actions)
    case (.proven(let attempt, let message), .stepped(let step)):
      need(.string(Base64.encode(message)))
      self.exchange?.stage = .acknowledging(attempt, step)
    case (.deciding, .identified(let attempt, let step)):
      follow(attempt, step, &actions)
    case (.deciding, .account(let account)):
      succeed(account, &actions)
    default:
      endExchange(.no, "auth/failed", SessionText.authFailed, &actions)
    }
    return actions
  }

  private mutating func challenge(_ attempt: any AuthenticationAttempt, _ actions: inout [SessionAction]) {
    guard var scram = exchange?.scram, let message = try? scram.challenge(attempt.verifier) else {
      return endExchange(.no, "auth/failed", SessionText.authFailed, &actions)
    }
    exchange?.scram = scram
    exchange?.stage = .challenged(attempt)
    need(.string(Base64.encode(message)))
  }

  private mutating func follow(
    _ attempt: any AuthenticationAttempt, _ step: PasswordStep, _ actions: inout [SessionAction]
  ) {
    switch step {
    case .done(let account): succeed(account, &actions)
    case .needsOneTime:
      exchange?.stage = .oneTime(attempt)
      need(["need": "otp"])
    }
  }

  private mutating func need(_ json: JSON) {
    guard let tag = exchange?.tag else { return }
    ReplyLine.item(tag: tag, kind: .need, into: &output) { $0.value(json) }
  }

  // MARK: The client's feeds

  /// A feed for the exchange.
  mutating func exchangeFeed(_ json: JSON, _ actions: inout [SessionAction]) {
    guard let exchange else { return }
    switch exchange.stage {
    case .challenged(let attempt):
      guard let text = json.string, let message = Base64.decode(text) else { return badExchange(&actions) }
      prove(attempt, message, exchange.number, &actions)
    case .acknowledging(let attempt, let step):
      guard json.string == "" else { return badExchange(&actions) }
      follow(attempt, step, &actions)
    case .oneTime(let attempt):
      guard let object = json.object, object.count == 1, let code = object["otp"]?.string else {
        return badExchange(&actions)
      }
      self.exchange?.stage = .deciding
      actions.append(.authenticate(exchange.number, exchange.request, .oneTime(attempt, code: code)))
    case .beginning, .proven, .refusing, .deciding:
      endExchange(.bad, "sequence", SessionText.sequence, &actions)
    }
  }

  /// The proof of the password. Right or wrong, the register hears of it before the client does.
  private mutating func prove(
    _ attempt: any AuthenticationAttempt, _ message: [UInt8], _ number: UInt64, _ actions: inout [SessionAction]
  ) {
    guard var scram = exchange?.scram else { return badExchange(&actions) }
    let serverFinal = try? scram.receiveFinal(message)
    let isProven = serverFinal != nil && scram.verifiedUser != nil
    exchange?.scram = nil
    exchange?.stage = isProven ? .proven(attempt, serverFinal: serverFinal ?? []) : .refusing
    actions.append(.authenticate(number, self.exchange?.request ?? .new(), .afterPassword(attempt, isProven: isProven)))
  }

  private mutating func badExchange(_ actions: inout [SessionAction]) {
    endExchange(.bad, "syntax", SessionText.syntax, &actions)
  }

  // MARK: Ends

  private mutating func succeed(_ account: SessionAccount, _ actions: inout [SessionAction]) {
    guard let (tag, request) = exchange.map({ ($0.tag, $0.request) }) else { return }
    exchange = nil
    authenticated(as: account)
    let roles = account.roles.map { JSON.string($0.name) }
    let login = account.login
    final(
      tag, .ok, "done", nil,
      [
        "user": .string(account.name), "roles": .array(roles),
        "caps": .array(Transport.capabilitiesAfter.map { .string($0) }),
        "last-login": login.lastLogin.map { .string($0.description) } ?? .null,
        "last-address": login.lastAddress.map { .string($0) } ?? .null,
        "failed-tries": login.failedTries.map { .int(Int64($0)) } ?? .null,
        "notices": .array(login.notices.map(notice)), "rid": .string(request.description),
      ])
    actions.append(.opened(account))
  }

  private func notice(_ notice: LoginNotice) -> JSON {
    ["kind": .string(notice.kind), "count": .int(Int64(notice.count)), "msg": .string(notice.message[language])]
  }

  /// Forgets the exchange. Where its password was proved, the register hears that it came to nothing.
  mutating func dropExchange(_ actions: inout [SessionAction]) {
    guard let dropped = exchange else { return }
    exchange = nil
    if let attempt = dropped.proved {
      actions.append(.abandoned(dropped.request, attempt))
    } else if case .deciding = dropped.stage {
      brokenOff = [dropped.number: dropped.request]
    }
  }

  /// Ends the exchange without success, which counts as a try.
  mutating func endExchange(
    _ status: Status, _ code: String, _ words: Text, error: RegisterError? = nil, _ actions: inout [SessionAction]
  ) {
    guard let (tag, request) = exchange.map({ ($0.tag, $0.request) }) else { return }
    // The register has ended what it answers with an error.
    if error == nil { dropExchange(&actions) } else { exchange = nil }
    // The log's entry of the try carries the same.
    var object: JSONObject = ["rid": .string(request.description)]
    if let hint = error?.hint { object["hint"] = .string(hint[language]) }
    final(tag, status, code, words, object, retryMilliseconds: error?.retryMilliseconds)
    countFailedTry(&actions)
  }
}
