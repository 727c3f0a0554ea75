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

  func isBrief(_ verb: String) -> Bool { register.engine.isBrief(verb) }

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
    _ opened: OpenedSession, end: @escaping @Sendable () -> Void, notify: @escaping @Sendable (JSONObject) -> Void
  ) {
    register.sessions.add(
      opened.session, connection: opened.connection, user: opened.account.user, address: opened.address,
      binding: opened.binding, since: opened.account.since, end: end, notify: notify)
  }

  func closed(connection: SessionID) { register.sessions.remove(connection: connection) }

  /// What the session may use. It shows no data of the register and leaves no entry.
  private func describe(_ call: SessionCall, _ port: CommandPort) async -> FinalLine {
    if let place = call.command.parameters.firstIndex(where: { $0.name != "verb" }) {
      return .said(.bad, "unknown/param", UnknownParameter.text(call.command.parameters, place), call.language)
    }
    let verb = call.command["verb"]
    let rows =
      SessionVerb.described(verb: verb, language: call.language)
      + register.engine.describe(language: call.language, user: call.account.user, session: call.session, verb: verb)
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
