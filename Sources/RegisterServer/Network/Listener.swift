import Glibc
import Logging
import Model
import NIOCore
import NIOPosix
import NIOSSL

/// Accepts connections, over TLS and on the Unix socket, and gives each its session.
actor Listener {
  /// What every connection needs.
  struct Shared: Sendable {
    let runner: any CommandRunner
    let authenticator: any SessionAuthenticator
    let table: ConnectionTable
    var limits = SessionLimits()
    var allowsPlain = false
    let logger: Logger
  }

  private let shared: Shared
  private let group: MultiThreadedEventLoopGroup
  private var channels: [any Channel] = []

  init(shared: Shared, threads: Int) {
    self.shared = shared
    group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
  }

  /// Listens on a TCP port; gives the port that it got.
  func listen(host: String, port: Int, security: TransportSecurity) async throws -> Int {
    let shared = shared
    let channel = try await bootstrap { channel in
      channel.eventLoop.makeCompletedFuture {
        let transport = Transport(
          address: channel.remoteAddress?.ipAddress ?? "unknown", channelBinding: security.channelBinding,
          allowsPlain: shared.allowsPlain)
        try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: security.context))
        try Self.open(channel, transport, isEncrypted: true, shared)
      }
    }.bind(host: host, port: port).get()
    channels.append(channel)
    return channel.localAddress?.port ?? port
  }

  /// Listens on a Unix socket; whoever may open it is known by their account.
  func listen(path: String, mode: mode_t) async throws {
    let shared = shared
    // A file that nobody answers behind is left over from a killed server; one that is answered is another's.
    guard !FolderLock.isAnswered(path) else { throw ServerFault("\(path) is in use by another server") }
    let channel = try await bootstrap { channel in
      PeerAccount.name(of: channel).flatMapThrowing { name in
        let transport = Transport(
          address: "unix", channelBinding: nil, unixUser: name ?? "", allowsPlain: shared.allowsPlain)
        try Self.open(channel, transport, isEncrypted: false, shared)
      }
    }.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
    channels.append(channel)
    guard chmod(path, mode) == 0 else { throw ServerFault("cannot set the mode of \(path)") }
  }

  private func bootstrap(_ initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>) -> ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer(initialize)
  }

  private static func open(
    _ channel: any Channel, _ transport: Transport, isEncrypted: Bool, _ shared: Shared
  ) throws {
    let table = shared.table
    let admission = table.admit(transport.address)
    switch admission {
    case .refused: throw ServerFault("too many connections")
    case .busy:
      try channel.pipeline.syncOperations.addHandler(
        BusyHandler { table.release(transport.address, admission) })
    case .admitted:
      let handler = SessionHandler(
        isEncrypted: isEncrypted,
        make: { certificate, eventLoop, turn in
          var transport = transport
          transport.certificate = certificate
          let machine = SessionMachine(
            limits: shared.limits, transport: transport, now: .now(), effect: { shared.runner.effect(of: $0) })
          let connection = SessionConnection(
            machine: machine, runner: shared.runner, authenticator: shared.authenticator, eventLoop: eventLoop,
            turn: turn)
          table.add(connection)
          return connection
        },
        onClosed: { connection in
          table.release(transport.address, admission)
          if let connection { table.remove(connection) }
        })
      try channel.pipeline.syncOperations.addHandler(handler)
    }
  }

  /// Accepts no more, lets running commands end, cancels what is left after two seconds, and closes.
  func stop() async {
    for channel in channels { try? await channel.close() }
    channels = []
    let open = shared.table.stop()
    for connection in open { connection.end(reason: "shutdown", cancelling: false) }
    await waitUntilEmpty(milliseconds: 2000)
    for connection in open { connection.end(reason: "shutdown", cancelling: true) }
    await waitUntilEmpty(milliseconds: 500)
    try? await group.shutdownGracefully()
  }

  private func waitUntilEmpty(milliseconds: Int) async {
    let deadline = Tick.now().adding(milliseconds: milliseconds)
    while shared.table.count > 0, Tick.now() < deadline {
      try? await Task.sleep(nanoseconds: 20_000_000)
    }
  }
}
