import Custody
import Model
import Wire

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the text forms of the log share.
enum LogTextRules {
  /// Rules that know nobody: rows made with them hold ids only.
  static let none = AccessRules(epoch: 0, employees: [], grants: [])

  /// A value on one line with nothing hidden in it; what does not show is written as `\u{202E}`.
  static func plain(_ text: String) -> String { SafeText.forTerminal(text, .escape) }

  /// What kind of address a client's is.
  enum Address { case v4, v6, other }

  /// Whether an address is an IP address in its textual form, or something else, such as the Unix socket's name.
  static func kind(of address: String) -> Address {
    var buffer = in6_addr()
    if inet_pton(AF_INET, address, &buffer) == 1 { return .v4 }
    return inet_pton(AF_INET6, address, &buffer) == 1 ? .v6 : .other
  }
}
