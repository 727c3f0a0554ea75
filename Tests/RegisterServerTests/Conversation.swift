import Model
import Register
import Testing
import Wire

@testable import RegisterServer

/// A session machine with a clock of its own, driven by lines.
struct Conversation {
  static let user = UserID.new()
  static let account = SessionAccount(user: user, name: "maija", roles: [.customerService])

  var machine: SessionMachine
  var now = Tick.now()
  /// Actions that came and were not yet looked at.
  var actions: [SessionAction] = []

  init(limits: SessionLimits = SessionLimits(), transport: Transport = Transport(address: "192.0.2.7")) {
    machine = SessionMachine(limits: limits, transport: transport, now: now, effect: Self.effect)
    _ = lines()
  }

  /// A conversation that is authenticated already.
  static func authenticated(limits: SessionLimits = SessionLimits()) -> Conversation {
    var conversation = Conversation(limits: limits, transport: Transport(address: "local", unixUser: "root"))
    conversation.say("1 auth mech=EXTERNAL ir=\"\"")
    conversation.answer(.account(account))
    _ = conversation.lines()
    conversation.actions = []
    return conversation
  }

  static func effect(of verb: String) -> CommandSpec.Effect? {
    if verb.hasPrefix("write") { return .write }
    return verb.hasPrefix("read") ? .read : nil
  }

  /// The client says lines; they are looked at as far as they may be.
  mutating func say(_ lines: String...) { bytes(Array((lines.joined(separator: "\n") + "\n").utf8)) }

  mutating func bytes(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { machine.received($0) }
    actions += machine.pump(now: now)
  }

  /// The lines that the server wrote, all of which leave at once.
  mutating func lines() -> [String] {
    let output = machine.takeOutput(now: now)
    actions += machine.wrote(output.count, now: now)
    actions += machine.pump(now: now)
    return Self.split(output)
  }

  static func split(_ output: [UInt8]) -> [String] {
    output.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The register answers the last step of authentication.
  mutating func answer(_ result: AuthenticationResult) {
    for action in actions.reversed() {
      if case .authenticate(let number, _, _) = action {
        actions += machine.authenticated(number, result)
        return
      }
    }
    Issue.record("no step of authentication is under way")
  }

  /// The commands that were started, in order.
  var started: [SessionCall] {
    actions.compactMap { if case .start(let call) = $0 { call } else { nil } }
  }

  var cancelled: [UInt64] { actions.compactMap { if case .cancel(let number) = $0 { number } else { nil } } }
  var woken: [UInt64] { actions.compactMap { if case .wake(let number) = $0 { number } else { nil } } }

  /// The requests of log-ins that were broken off after the password.
  var abandoned: [RequestID] {
    actions.compactMap { if case .abandoned(let request, _) = $0 { request } else { nil } }
  }

  var steps: [AuthenticationStep] {
    actions.compactMap { if case .authenticate(_, _, let step) = $0 { step } else { nil } }
  }

  func call(_ tag: String) throws -> SessionCall { try #require(started.last { $0.tag == tag }) }

  /// A command that was started ends.
  mutating func end(_ tag: String, _ status: Status = .ok, _ code: String = "done", _ object: JSONObject = [:]) throws {
    let call = try call(tag)
    actions += machine.ended(tag, call.number, FinalLine(status: status, code: code, object: object))
  }

  mutating func row(_ tag: String, _ json: String = "{}") throws -> SendOutcome {
    machine.sendRow(tag, try call(tag).number, Array(json.utf8))
  }

  mutating func feed(_ tag: String) throws -> FeedOutcome { machine.nextFeed(tag, try call(tag).number) }

  mutating func pass(seconds: Int) {
    now = now.adding(milliseconds: seconds * 1000)
    actions += machine.tick(now: now).actions
  }
}

/// A line without its final object.
func head(_ line: String) -> String { line.split(separator: " ").prefix(3).joined(separator: " ") }

/// The value of a key in a line's object.
func value(_ line: String, _ key: String) throws -> JSON? {
  let text = try #require(line.firstIndex(of: "{").map { line[$0...] })
  return try JSON.parse(String(text))[key]
}

/// An attempt with a known password.
struct KnownAttempt: AuthenticationAttempt {
  static let password = "correct horse battery"
  static let known = try? ScramVerifier.make(password: password)

  let verifier: ScramVerifier
  var hasOneTime = false
  var isKnown = true

  func afterPassword(isProven: Bool, from origin: Authentication.Origin) async throws(RegisterError) -> PasswordStep {
    guard isProven, isKnown else { throw RegisterError("auth/failed", SessionText.authFailed) }
    return hasOneTime ? .needsOneTime : .done(Conversation.account)
  }

  func plain(password: String, from origin: Authentication.Origin) async throws(RegisterError) -> PasswordStep {
    try await afterPassword(isProven: password == Self.password, from: origin)
  }

  func abandoned(from origin: Authentication.Origin) async {}

  func oneTime(code: String, from origin: Authentication.Origin) async throws(RegisterError) -> SessionAccount {
    guard code == "123456" else { throw RegisterError("auth/otp", SessionText.authFailed) }
    return Conversation.account
  }
}
