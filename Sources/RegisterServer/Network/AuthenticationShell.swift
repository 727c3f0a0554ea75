import Model
import NIOPosix
import Register
import Wire

/// Takes the steps of authentication that need the register.
struct AuthenticationShell: Sendable {
  let authenticator: any SessionAuthenticator
  let address: String
  let session: SessionID

  func take(_ step: AuthenticationStep, request: RequestID) async -> AuthenticationResult {
    let origin = Authentication.Origin(address: address, session: session, request: request)
    do throws(RegisterError) {
      switch step {
      case .begin(let name): return .begun(await authenticator.begin(name: name))
      case .plain(let name, let password):
        let attempt = await authenticator.begin(name: name)
        return .compared(attempt, isProven: await Self.matches(attempt.verifier, password))
      case .refuse:
        let attempt = await authenticator.begin(name: "")
        return .stepped(try await attempt.afterPassword(isProven: false, from: origin))
      case .afterPassword(let attempt, let isProven):
        return .stepped(try await attempt.afterPassword(isProven: isProven, from: origin))
      case .oneTime(let attempt, let code):
        return .account(try await attempt.oneTime(code: code, from: origin))
      case .external(let unixUser):
        return .account(try await authenticator.external(unixUser: unixUser, from: origin))
      }
    } catch {
      return .failed(error)
    }
  }

  /// The rounds of a password take a tenth of a second: on threads that may block.
  private static func matches(_ verifier: ScramVerifier, _ password: String) async -> Bool {
    (try? await NIOThreadPool.singleton.runIfActive { verifier.matches(password: password) }) ?? false
  }
}
