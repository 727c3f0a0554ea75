/// An address of HTTP: `http://host:port/path/` or with `https`.
struct HTTPAddress: Sendable, Equatable, CustomStringConvertible {
  let isSecure: Bool
  let host: String
  let port: Int
  /// Begins and ends with a slash.
  let path: String

  /// Reads an address; nil for anything with other parts.
  init?(_ text: String) {
    let isSecure = text.hasPrefix("https://")
    guard isSecure || text.hasPrefix("http://") else { return nil }
    let rest = text.dropFirst(isSecure ? 8 : 7)
    guard rest.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !rest.contains(where: { "@?#\\\"<>".contains($0) })
    else { return nil }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let (authority, path) = (rest[..<slash], rest[slash...])
    guard let (host, port) = Self.split(authority, isSecure ? 443 : 80) else { return nil }
    self.isSecure = isSecure
    self.host = host
    self.port = port
    self.path = path.isEmpty ? "/" : path.hasSuffix("/") ? String(path) : path + "/"
  }

  private static func split(_ authority: Substring, _ standard: Int) -> (String, Int)? {
    var host = authority
    var rest = Substring()
    if authority.first == "[" {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      host = authority[authority.index(after: authority.startIndex)..<end]
      rest = authority[authority.index(after: end)...]
      guard host.contains(":"), host.allSatisfy({ $0 == ":" || $0 == "." || $0.isHexDigit }) else { return nil }
    } else {
      let colon = authority.firstIndex(of: ":") ?? authority.endIndex
      (host, rest) = (authority[..<colon], authority[colon...])
      guard !host.contains(where: { "[]".contains($0) }) else { return nil }
    }
    guard !host.isEmpty, let port = rest.isEmpty ? standard : port(rest) else { return nil }
    return (String(host), port)
  }

  /// The number after a colon.
  private static func port(_ rest: Substring) -> Int? {
    let digits = rest.dropFirst()
    guard rest.first == ":", (1...5).contains(digits.count), digits.allSatisfy({ ("0"..."9").contains($0) }),
      let port = Int(digits), (1...65_535).contains(port)
    else { return nil }
    return port
  }

  /// The host as a request names it.
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }

  var description: String { "\(isSecure ? "https" : "http")://\(authority)\(path)" }
}
