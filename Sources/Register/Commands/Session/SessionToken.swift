import Custody
import Model
import Sealing
import Wire

/// Gives a secret by which this session can be resumed from the same address; one that was given before ends.
struct SessionToken: RegisterCommand {
  static let spec = CommandSpec(
    verb: "session.token",
    summary: Text(
      en: "Get a secret that resumes this session from your address.",
      fi: "Hae salaisuus, jolla tätä istuntoa voi jatkaa samasta osoitteesta.",
      sv: "Hämta en hemlighet som återupptar denna session från din adress."),
    parameters: [],
    columns: [
      .init("id", personal: false), .init("token", personal: true), .init("expires", personal: false),
      .init("idle-minutes", personal: false),
    ],
    permission: .object(.session, .write), purpose: .none, effect: .write, log: .one, approval: .never,
    timeLimitMilliseconds: Limits.commandMilliseconds)

  init(_ arguments: inout Arguments) throws(RegisterError) {}

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let secret = TokenSecret(of: call.context.principal.session)
    let token = try token(secret, call)
    let mac = token.mac(try TokenRow.key(call.custody.keys))
    let shown: JSONObject = [
      "id": .id(token.session), "expires": .string(token.expiresAt.description),
      "idle-minutes": .int(Int64(call.services.settings.authentication.tokenIdleMinutes)),
    ]
    var isNew = false
    // The secret is in the answer's row only, never in what is kept for `once`.
    let written = try await call.custody.commit(permit, once: call.once, deadline: call.context.deadline) { change in
      guard try await !Store.isEnded(token.session, in: change.transaction) else { throw Authentication.expired }
      try await Store.keep(token, mac: mac, in: change.transaction)
      change.note(rows: 1)
      isNew = true
      return .init(rows: [shown], object: ["rows": 1])
    }
    for row in written.answer.rows {
      var row = row
      if isNew { row["token"] = .string(secret.text) }
      try? await call.port.send(Reply.row(row, written.receipt))
    }
    return Reply.done(written.answer.object, code: written.answer.code, written.receipt)
  }

  private func token(_ secret: TokenSecret, _ call: Call) throws -> TokenRow {
    let principal = call.context.principal
    let open = call.services.sessions.find(principal.session)
    guard let employee = call.custody.currentRules.employees[principal.user] else { throw RegisterError.deniedRole }
    let now = Instant.now()
    let since = open?.since ?? now
    // A session that was resumed ends when it would have ended anyway.
    let hours = Int64(call.services.settings.authentication.tokenAbsoluteHours)
    let expires = since.adding(seconds: hours * 3600)
    guard expires > now else { throw Authentication.expired }
    return TokenRow(
      session: principal.session, user: principal.user, secretHash: secret.hash,
      address: open?.binding.place ?? principal.address, certificate: open?.binding.certificate ?? [],
      credentials: TokenRow.credentials(employee, call.custody.secrets(of: employee.id)), since: since, madeAt: now,
      usedAt: now, expiresAt: expires)
  }
}
