import Custody
import Model
import Register
import Wire

/// Runs a session's commands by the register.
struct RegisterRunner: CommandRunner {
  let register: Register

  func effect(of verb: String) -> CommandSpec.Effect? {
    switch verb {
    // What comes after it goes by it.
    case "use": .write
    case "describe": .read
    default: register.engine.effect(of: verb)
    }
  }

  func run(_ call: SessionCall, port: CommandPort) async -> FinalLine {
    if call.command.verb == "describe" { return await describe(call, port) }
    let line = CommandLine(
      command: call.command,
      principal: Principal(
        user: call.account.user, name: call.account.name, session: call.session, address: call.address),
      language: call.language, purpose: call.purpose, caseReference: call.caseReference)
    let final = await register.engine.run(line, port: port)
    return FinalLine(status: final.status, code: final.code, object: final.object)
  }

  func opened(
    _ session: SessionID, account: SessionAccount, address: String, end: @escaping @Sendable () -> Void,
    notify: @escaping @Sendable (JSONObject) -> Void
  ) {
    register.sessions.add(session, user: account.user, address: address, end: end, notify: notify)
  }

  func closed(_ session: SessionID) { register.sessions.remove(session) }

  /// What the session may use. It shows no data of the register and leaves no entry.
  private func describe(_ call: SessionCall, _ port: CommandPort) async -> FinalLine {
    if let unknown = call.command.parameters.first(where: { $0.name != "verb" }) {
      return .said(.bad, "unknown/param", SessionText.unknownParameter(unknown.name), call.language)
    }
    let verb = call.command["verb"]
    let rows =
      SessionVerb.described(verb: verb, language: call.language)
      + register.engine.describe(language: call.language, user: call.account.user, verb: verb)
    guard !rows.isEmpty else { return .said(.no, "notfound", SessionText.noVerb, call.language) }
    do {
      for row in rows { try await port.send(json: JSON.object(row).encoded()) }
      return FinalLine(status: .ok, code: "done", object: ["rows": .int(Int64(rows.count))])
    } catch {
      return .said(.no, "cancelled", SessionText.cancelled, call.language)
    }
  }
}

extension FinalLine {
  /// A last line with words.
  static func said(_ status: Status, _ code: String, _ words: Text, _ language: Language) -> FinalLine {
    FinalLine(status: status, code: code, object: ["msg": .string(words[language])])
  }
}

/// Checks who is asking by the register.
struct RegisterAuthenticator: SessionAuthenticator {
  let authentication: Authentication

  func begin(name: String) async -> any AuthenticationAttempt {
    RegisterAttempt(authentication: authentication, challenge: await authentication.challenge(for: name))
  }

  func external(unixUser: String, from origin: Authentication.Origin) async throws(RegisterError) -> SessionAccount {
    SessionAccount(try await authentication.external(unixUser: unixUser, from: origin))
  }
}

/// One try to authenticate by name.
private struct RegisterAttempt: AuthenticationAttempt {
  let authentication: Authentication
  let challenge: Authentication.Challenge

  var verifier: ScramVerifier { challenge.verifier }

  func afterPassword(isProven: Bool, from origin: Authentication.Origin) async throws(RegisterError) -> PasswordStep {
    switch try await authentication.afterPassword(challenge, isProven: isProven, from: origin) {
    case .done(let account): .done(SessionAccount(account))
    case .needsOneTime: .needsOneTime
    }
  }

  func oneTime(code: String, from origin: Authentication.Origin) async throws(RegisterError) -> SessionAccount {
    SessionAccount(try await authentication.oneTime(challenge, code: code, from: origin))
  }
}

extension SessionAccount {
  fileprivate init(_ account: Authentication.Account) {
    self.init(user: account.user, name: account.name, roles: account.roles)
  }
}
