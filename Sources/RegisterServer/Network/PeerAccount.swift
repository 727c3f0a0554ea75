import Glibc
import NIOCore

/// The account of the process at the other end of a Unix socket (SO_PEERCRED, unix(7)).
enum PeerAccount {
  /// `struct ucred`, which Glibc's headers show to GNU programs only.
  private struct Credentials: Sendable {
    var process: pid_t = 0
    var user: uid_t = 0
    var group: gid_t = 0
  }

  /// Its name; nil where it has none.
  static func name(of channel: any Channel) -> EventLoopFuture<String?> {
    guard let provider = channel as? any SocketOptionProvider else {
      return channel.eventLoop.makeSucceededFuture(nil)
    }
    let credentials: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
      level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
    return credentials.map { Self.name(of: $0.user) }.recover { _ in nil }
  }

  static func name(of user: uid_t) -> String? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name else {
      return nil
    }
    return String(cString: name)
  }
}
