import Model
public import Wire

/// What the server says first: versions, capabilities, limits, languages.
public struct Greeting: Sendable, Equatable {
  /// The capabilities; unknown ones do no harm.
  public let capabilities: Set<String>
  /// The languages of the server.
  public let languages: [String]
  /// The longest line that it takes once logged in.
  public let lineBytesMax: Int
  /// The longest line that it takes before that.
  public let authLineBytesMax: Int
  /// Rows that it sends before it waits for credit.
  public let creditRows: Int
  /// Whether it speaks a version that this client speaks.
  public let isSpoken: Bool

  /// The version of the protocol that this client speaks.
  public static let version = "rek/1"

  /// Reads a `hello` event; what is missing or out of bounds is taken as PROTOCOL.md has it.
  public init(event: JSON) {
    capabilities = Set((event["caps"]?.array ?? []).compactMap(\.string))
    languages = (event["lang"]?.array ?? []).compactMap(\.string)
    let limits = event["limits"]
    lineBytesMax = Self.bounded(limits?["line"], 1024...Limits.serverLineBytesMax, Limits.lineBytesMax)
    authLineBytesMax = Self.bounded(
      limits?["auth"]?["line"], 512...Limits.serverLineBytesMax, Limits.lineBeforeAuthBytesMax)
    creditRows = Self.bounded(limits?["credit"], 1...Limits.creditRowsMax, Limits.creditRows)
    isSpoken = (event["proto"]?.array ?? []).contains(.string(Self.version))
  }

  private static func bounded(_ value: JSON?, _ range: ClosedRange<Int>, _ fallback: Int) -> Int {
    guard let number = value?.int, let int = Int(exactly: number), range.contains(int) else { return fallback }
    return int
  }
}
