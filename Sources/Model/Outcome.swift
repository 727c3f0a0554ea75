/// How an access ended, as the log tells it.
public enum Outcome: UInt8, CaseIterable, Sendable {
  case ok = 1
  case denied = 2
  case failed = 3
  case breakGlass = 4

  /// The word on the wire.
  public var name: String {
    switch self {
    case .ok: "ok"
    case .denied: "denied"
    case .failed: "failed"
    case .breakGlass: "break-glass"
    }
  }

  /// The outcome of a word on the wire.
  public init?(name: some StringProtocol) {
    guard let found = Outcome.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}
