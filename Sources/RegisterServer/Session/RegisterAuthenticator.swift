import Model
import Register
import Wire

/// Checks who is asking by the register.
struct RegisterAuthenticator: SessionAuthenticator {
  let authentication: Authentication

  func begin(name: String) async -> any AuthenticationAttempt {
    RegisterAttempt(authentication: authentication, challenge: await authentication.challenge(for: name))
  }

  func external(unixUser: String, from origin: Authentication.Origin) async throws(RegisterError) -> SessionAccount {
    SessionAccount(try await authentication.external(unixUser: unixUser, from: origin))
  }

  func certificate(from origin: Authentication.Origin) async throws(RegisterError) -> (
    attempt: any AuthenticationAttempt, step: PasswordStep
  ) {
    let (challenge, step) = try await authentication.certificate(from: origin)
    return (RegisterAttempt(authentication: authentication, challenge: challenge), PasswordStep(step))
  }

  func resume(_ token: String, from origin: Authentication.Origin) async throws(RegisterError) -> SessionAccount {
    SessionAccount(try await authentication.resume(token, from: origin))
  }
}

/// One try to authenticate.
private struct RegisterAttempt: AuthenticationAttempt {
  let authentication: Authentication
  let challenge: Authentication.Challenge

  var verifier: ScramVerifier { challenge.verifier }

  func afterPassword(isProven: Bool, from origin: Authentication.Origin) async throws(RegisterError) -> PasswordStep {
    PasswordStep(try await authentication.afterPassword(challenge, isProven: isProven, from: origin))
  }

  func plain(password: String, from origin: Authentication.Origin) async throws(RegisterError) -> PasswordStep {
    PasswordStep(try await authentication.plain(challenge, password: password, from: origin))
  }

  func abandoned(from origin: Authentication.Origin) async {
    await authentication.abandoned(challenge, from: origin)
  }

  func oneTime(code: String, from origin: Authentication.Origin) async throws(RegisterError) -> SessionAccount {
    SessionAccount(try await authentication.oneTime(challenge, code: code, from: origin))
  }
}

extension PasswordStep {
  fileprivate init(_ step: Authentication.Step) {
    switch step {
    case .done(let account): self = .done(SessionAccount(account))
    case .needsOneTime: self = .needsOneTime
    }
  }
}

extension SessionAccount {
  fileprivate init(_ account: Authentication.Account) {
    self.init(
      user: account.user, name: account.name, roles: account.roles, session: account.session, since: account.since,
      login: account.login)
  }
}
