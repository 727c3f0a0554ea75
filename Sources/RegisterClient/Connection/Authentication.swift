import Model
import Wire

/// How a client proves who asks.
public enum Credentials: Sendable {
  /// A user name and a password, by SCRAM (RFC 5802, RFC 7677): with channel binding where the server offers it.
  case password(user: String, password: String)
  /// The peer's own account on a Unix socket, or the client certificate.
  case external
  /// The secret of a session that `session.token` gave.
  case token(String)
}

extension RegisterConnection {
  /// Logs in; `otp` is asked for a one-time password where the server wants one, after the password was right.
  ///
  /// - Returns: the final line, whose object tells user, roles and capabilities. A refusal of the server is returned
  ///   too, not thrown.
  /// - Throws: `ClientError.authentication` where the server could not prove that it knows the user's password: then
  ///   nothing was sent that would help it to pretend.
  public func authenticate(
    _ credentials: Credentials, otp: @escaping @Sendable () async throws -> String
  ) async throws -> CommandResult {
    switch credentials {
    case .external: return try await exchange("EXTERNAL", initial: [], otp: otp, step: Self.unexpected)
    case .token(let secret):
      return try await exchange("TOKEN", initial: Array(secret.utf8), otp: otp, step: Self.unexpected)
    case .password(let user, let password): return try await scram(user, password, otp)
    }
  }

  private func scram(
    _ user: String, _ password: String, _ otp: @Sendable () async throws -> String
  ) async throws -> CommandResult {
    let isBound = greeting.capabilities.contains("scram-plus") && channelBinding != nil
    let mechanism: ScramMechanism = isBound ? .sha256Plus : .sha256
    var scram = ScramClient(user: user, password: password, mechanism: mechanism, channelBinding: channelBinding)
    var steps = 0
    do {
      let first = try scram.first()
      // No code for a server that has not proved itself.
      let final = try await exchange(
        mechanism.rawValue, initial: first,
        otp: {
          guard steps == 2 else { throw ScramFault.serverSignature }
          return try await otp()
        }
      ) { message in
        steps += 1
        switch steps {
        case 1: return try scram.final(message)
        case 2:
          try scram.finish(message)
          return []
        default: throw ScramFault.sequence
        }
      }
      guard final.status != .ok || steps == 2 else { throw ScramFault.serverSignature }
      return final
    } catch let fault as ScramFault {
      // A text that SCRAM cannot carry never left this machine; all else is the server's doing.
      if fault != .text { close() }
      throw ClientError.authentication(fault == .text ? ClientText.badText : ClientText.notTheServer)
    }
  }

  private static func unexpected(_ message: [UInt8]) throws -> [UInt8] {
    throw ClientError.protocol("a step that the mechanism does not have")
  }

  /// One exchange of `auth`: SASL messages in base64, then the one-time password.
  private func exchange(
    _ mechanism: String, initial: [UInt8], otp: () async throws -> String,
    step: (_ message: [UInt8]) throws -> [UInt8]
  ) async throws -> CommandResult {
    let command = Command(
      verb: "auth",
      parameters: [
        Parameter(name: "mech", value: mechanism), Parameter(name: "ir", value: Base64.encode(initial)),
      ])
    let running = try run(command)
    var iterator = running.makeAsyncIterator()
    while let arrival = try await iterator.nextArrival() {
      switch arrival {
      case .final(let final): return final
      case .need(.string(let text)):
        guard let message = Base64.decode(text) else { throw ClientError.protocol("SASL data that is no base64") }
        try await feed(.string(Base64.encode(try step(message))), tag: running.tag)
      case .need(let need):
        guard need["need"]?.string == "otp" else { throw ClientError.usage(ClientText.unknownNeed(need)) }
        try await feed(["otp": .string(try await otp())], tag: running.tag)
      case .row, .progress: throw ClientError.protocol("a row before log-in")
      }
    }
    throw ClientError.closed
  }
}
