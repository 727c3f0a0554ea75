import Glibc
import Synchronization

@testable import RegisterClient

/// A server on a Unix socket that plays one conversation from a script, then closes.
final class ScriptedServer: Sendable {
  /// The other end of a conversation; blocks its own thread only.
  struct Peer {
    let descriptor: Int32

    /// The next line without its end; nil when the client has closed.
    func line() -> String? {
      var bytes: [UInt8] = []
      var byte: UInt8 = 0
      while read(descriptor, &byte, 1) == 1 {
        if byte == 0x0A { return String(decoding: bytes, as: UTF8.self) }
        bytes.append(byte)
      }
      return nil
    }

    /// Sends lines, each with its end.
    func send(_ lines: String...) { raw(Array((lines.joined(separator: "\n") + "\n").utf8)) }

    /// Sends bytes as they are.
    func raw(_ bytes: [UInt8]) { Terminal.write(bytes, to: descriptor) }

    /// Sends the greeting, with small limits.
    func greet(credit: Int = 3, caps: String = "\"credit\"") {
      send(
        #"- ! {"event":"hello","proto":["rek/1"],"caps":[\#(caps)],"limits":{"line":65536,"credit":\#(credit)},"#
          + #""lang":["fi","sv","en"]}"#)
    }
  }

  let endpoint: ServerEndpoint
  private let path: String
  private let listener: Int32
  private static let count = Counter()

  /// Listens, and plays the script with the first client.
  init(_ script: @escaping @Sendable (Peer) -> Void) {
    path = "/tmp/rekisteri-client-\(getpid())-\(Self.count.next()).sock"
    endpoint = .unixSocket(path: path)
    unlink(path)
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    listen(listener, 8)
    signal(SIGPIPE, SIG_IGN)
    DetachedThread.start {
      let descriptor = accept(listener, nil, nil)
      guard descriptor >= 0 else { return }
      script(Peer(descriptor: descriptor))
      close(descriptor)
    }
  }

  deinit {
    close(listener)
    unlink(path)
  }
}

/// What a script saw, for the test to look at.
final class Seen: Sendable {
  private let lines = Mutex<[String]>([])

  func add(_ line: String?) { lines.withLock { $0.append(line ?? "<closed>") } }
  var all: [String] { lines.withLock { $0 } }
}
