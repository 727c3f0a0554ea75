import Glibc
import Model
import Synchronization
import Wire

/// Where one-time passwords come from without a person: the environment, once, or the secret's file.
///
/// A code works once, so one of a file's secret waits for the next step where this program gave that step's code.
final class CodeSource: Sendable {
  private struct State {
    var isEnvironmentUsed = false
    var lastStep: Int64 = .min
  }

  private let environmentCode: String?
  private let secretFile: String?
  private let state = Mutex(State())

  init(environment: [String: String], secretFile: String?) {
    environmentCode = environment["REKISTERI_OTP"].flatMap { $0.isEmpty ? nil : $0 }
    self.secretFile = secretFile
  }

  /// Whether codes come from a file, so that nobody need be asked.
  var hasSecret: Bool { secretFile != nil }

  /// The next code; nil where a person must be asked.
  func next() async throws -> String? {
    if let environmentCode, state.withLock({ state in take(&state.isEnvironmentUsed) }) { return environmentCode }
    guard let secretFile else { return nil }
    guard let secret = OneTimeSecret(base32: try LocalFile.secretLine(secretFile)) else {
      throw ClientError.usage(ClientText.badSecret)
    }
    return secret.code(at: try await freshTime())
  }

  /// Waits until the step ends whose code was given last.
  func settle() async throws {
    while true {
      let now = Int64(time(nil))
      let step = now / OneTimePassword.stepSeconds
      guard state.withLock({ $0.lastStep >= step }) else { return }
      try await Self.waitForEnd(of: step, from: now)
    }
  }

  private static func waitForEnd(of step: Int64, from now: Int64) async throws {
    try await Task.sleep(for: .seconds((step + 1) * OneTimePassword.stepSeconds - now))
  }

  private func take(_ isUsed: inout Bool) -> Bool {
    defer { isUsed = true }
    return !isUsed
  }

  /// A time, in seconds since 1970, of a step that no code was given for; waits for it.
  private func freshTime() async throws -> Int64 {
    while true {
      let now = Int64(time(nil))
      let step = now / OneTimePassword.stepSeconds
      let isFresh = state.withLock { state in
        guard step > state.lastStep else { return false }
        state.lastStep = step
        return true
      }
      if isFresh { return now }
      try await Self.waitForEnd(of: step, from: now)
    }
  }
}
