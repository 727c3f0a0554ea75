import AccessLog
import Model
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

@testable import RegisterServer

/// A log in memory whose entries carry their indexes as rows.
final class FakeLog: LogFollowing {
  private struct State {
    var size: Int64 = 0
    var positions: [String: Int64] = [:]
    var isLeased = true
    var note = ""
  }

  private let state = Mutex(State())

  func grow(to size: Int64) { state.withLock { $0.size = size } }
  func sign(_ note: String) { state.withLock { $0.note = note } }
  func setLeased(_ isLeased: Bool) { state.withLock { $0.isLeased = isLeased } }
  var positions: [String: Int64] { state.withLock { $0.positions } }

  func entries(after index: Int64, limit: Int) async throws -> [(index: Int64, bytes: [UInt8])] {
    let size = state.withLock { $0.size }
    let end = max(index + 1, min(size, index + 1 + Int64(limit)))
    return (index + 1..<end).map { index in
      let entry = Entry(
        at: .now(), user: nil, role: nil, purpose: nil, verb: "test", outcome: .ok, rows: UInt32(index),
        request: .new(), epoch: 1)
      return (index, entry.encoded)
    }
  }

  func newestCheckpoint() async throws -> (size: Int64, note: String)? {
    state.withLock { $0.note.isEmpty ? nil : ($0.size, $0.note) }
  }

  func position(_ name: String) async throws -> Int64? { state.withLock { $0.positions[name] } }
  func setPosition(_ name: String, _ position: Int64) async throws { state.withLock { $0.positions[name] = position } }
  func lease(_ name: String) async -> Bool { state.withLock { $0.isLeased } }
}

/// What a collector got, and its open connections.
final class Received: Sendable {
  private let state = Mutex<(bytes: [UInt8], channels: [any Channel])>(([], []))

  func opened(_ channel: any Channel) { state.withLock { $0.channels.append(channel) } }
  func took(_ bytes: [UInt8]) { state.withLock { $0.bytes += bytes } }
  var text: String { String(decoding: state.withLock { $0.bytes }, as: UTF8.self) }
  var connections: Int { state.withLock { $0.channels.count } }

  /// The indexes of the messages in the order in which they came.
  var indexes: [Int64] {
    text.split(separator: "[rekisteri@32473 index=\"").dropFirst().compactMap { Int64($0.prefix { $0 != "\"" }) }
  }

  func closeAll() async {
    let channels = state.withLock { $0.channels }
    for channel in channels { try? await channel.close() }
  }
}

final class Taking: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let received: Received

  init(_ received: Received) { self.received = received }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received.took(Array(unwrapInboundIn(data).readableBytesView))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// A collector over TLS.
struct FakeCollector: Sendable {
  let received = Received()
  private let channel: any Channel
  let port: Int

  init(
    _ certificates: DevelopmentCertificates, host: String = "127.0.0.1", port: Int = 0, authorities: String? = nil
  ) async throws {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile(certificates.certificateFile).map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: certificates.keyFile, format: .pem)))
    if let authorities {
      configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorities))
      configuration.certificateVerification = .noHostnameVerification
    }
    let context = try NIOSSLContext(configuration: configuration)
    let received = received
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { child in
        received.opened(child)
        return child.eventLoop.makeCompletedFuture {
          try child.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          try child.pipeline.syncOperations.addHandler(Taking(received))
        }
      }.bind(host: host, port: port).get()
    self.port = channel.localAddress?.port ?? 0
  }

  func stop() async {
    try? await channel.close()
    await received.closeAll()
  }
}
