import Model
import Register

/// Takes the steps of authentication that need the register.
struct AuthenticationShell: Sendable {
  let authenticator: any SessionAuthenticator
  let address: String
  let binding: Sessions.Binding
  let session: SessionID

  func take(_ step: AuthenticationStep, request: RequestID) async -> AuthenticationResult {
    // The client's feed came just now; a refusal leaves at the end of a step of time from here.
    let floor = AnswerFloor()
    let origin = origin(request)
    do throws(RegisterError) {
      switch step {
      case .begin(let name): return .begun(await authenticator.begin(name: name))
      case .plain(let name, let password):
        let attempt = await authenticator.begin(name: name)
        return .identified(attempt, try await attempt.plain(password: password, from: origin))
      case .refuse:
        let attempt = await authenticator.begin(name: "")
        return .stepped(try await attempt.afterPassword(isProven: false, from: origin))
      case .afterPassword(let attempt, let isProven):
        return .stepped(try await attempt.afterPassword(isProven: isProven, from: origin))
      case .oneTime(let attempt, let code):
        return .account(try await attempt.oneTime(code: code, from: origin))
      case .external(let unixUser):
        return .account(try await authenticator.external(unixUser: unixUser, from: origin))
      case .certificate:
        let (attempt, step) = try await authenticator.certificate(from: origin)
        return .identified(attempt, step)
      case .token(let token):
        return .account(try await authenticator.resume(token, from: origin))
      }
    } catch {
      await floor.wait()
      return .failed(error)
    }
  }

  /// A log-in was broken off after its password was proved.
  func abandoned(_ attempt: any AuthenticationAttempt, request: RequestID) async {
    await attempt.abandoned(from: origin(request))
  }

  private func origin(_ request: RequestID) -> Authentication.Origin {
    Authentication.Origin(address: address, binding: binding, session: session, request: request)
  }
}
