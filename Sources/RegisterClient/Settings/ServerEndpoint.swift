/// Where a server listens.
public enum ServerEndpoint: Sendable, Equatable, CustomStringConvertible {
  /// TLS over TCP.
  case tcp(host: String, port: Int)
  /// A Unix-domain socket, without TLS.
  case unixSocket(path: String)

  /// The port of the protocol.
  public static let defaultPort = 7625

  /// `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`; a path with a `/` is a Unix socket.
  public init(_ text: String) throws(ClientError) {
    if text.hasPrefix("/") {
      self = .unixSocket(path: text)
      return
    }
    var host = Substring(text)
    var port: Substring?
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { throw .usage(ClientText.badServer) }
      port = rest.isEmpty ? nil : rest.dropFirst()
    } else if let colon = text.lastIndex(of: ":") {
      guard text.firstIndex(of: ":") == colon else { throw .usage(ClientText.badServer) }
      host = text[..<colon]
      port = text[text.index(after: colon)...]
    }
    let number = port.map { Int($0) ?? 0 } ?? Self.defaultPort
    let isClean = host.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value < 0x7F && $0 != "[" && $0 != "]" }
    guard !host.isEmpty, isClean, (1...65535).contains(number) else { throw .usage(ClientText.badServer) }
    self = .tcp(host: String(host), port: number)
  }

  /// The endpoint as it is written in settings.
  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unixSocket(let path): path
    }
  }
}
