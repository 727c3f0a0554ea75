import Glibc
import Model
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A connection to a collector, over TLS 1.2 or newer; its certificate is verified against the configured authorities.
struct SiemConnection: Sendable {
  private let channel: any Channel
  private let fault: SiemFaultBox
  private let timing: SiemTiming

  /// Connects. Certificates are read anew each time, so that renewed ones count.
  ///
  /// - Throws: `NIOSSLError`, an I/O error, or `ServerFault` where a file holds no certificate.
  static func open(
    _ settings: SiemSettings, timing: SiemTiming, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) async throws -> SiemConnection {
    let context = try NIOSSLContext(configuration: try configuration(settings, timing))
    // An address is checked against the certificate's addresses, and is no server name (RFC 6066, section 3).
    let isAddress = (try? SocketAddress(ipAddress: settings.host, port: 0)) != nil
    let serverName = isAddress ? nil : settings.host
    let fault = SiemFaultBox()
    let channel = try await ClientBootstrap(group: group)
      .connectTimeout(.milliseconds(Int64(timing.connectMilliseconds)))
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(
        ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_USER_TIMEOUT)),
        value: SocketOptionValue(timing.acknowledgeMilliseconds)
      )
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: context, serverHostname: serverName))
          try channel.pipeline.syncOperations.addHandler(SiemHandler(fault: fault))
        }
      }
      .connect(host: settings.host, port: settings.port).get()
    return SiemConnection(channel: channel, fault: fault, timing: timing)
  }

  private static func configuration(_ settings: SiemSettings, _ timing: SiemTiming) throws -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.certificateVerification = .fullVerification
    let authorities = try NIOSSLCertificate.fromPEMFile(settings.authorities)
    guard !authorities.isEmpty else { throw ServerFault("\(settings.authorities) holds no certificate") }
    configuration.trustRoots = .certificates(authorities)
    if let certificate = settings.certificate {
      configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) }
      configuration.privateKey = .privateKey(
        try NIOSSLPrivateKey(file: settings.key ?? certificate, format: .pem))
    }
    configuration.shutdownTimeout = .milliseconds(Int64(timing.goodbyeMilliseconds))
    return configuration
  }

  /// Whether it is open still, as far as is known.
  var isOpen: Bool { channel.isActive && fault.value == nil }

  /// What ended it.
  var failure: any Error { fault.value ?? ServerFault("the collector closed the connection") }

  /// Sends bytes, and returns when the kernel has taken them all; a collector that takes nothing is given up.
  func send(_ bytes: [UInt8]) async throws {
    let channel = channel
    let stalled = channel.eventLoop.scheduleTask(in: .milliseconds(Int64(timing.writeMilliseconds))) {
      channel.close(promise: nil)
    }
    defer { stalled.cancel() }
    try await withTaskCancellationHandler {
      do {
        try await channel.writeAndFlush(channel.allocator.buffer(bytes: bytes)).get()
      } catch {
        throw fault.value ?? error
      }
    } onCancel: {
      // The goodbye follows what was written.
      stalled.cancel()
      channel.close(promise: nil)
    }
  }

  /// Says goodbye; true where the collector answered with its own, so that it has read everything.
  func close() async -> Bool {
    let wasOpen = isOpen
    do { try await channel.close().get() } catch { return false }
    return wasOpen && fault.value == nil
  }
}

/// What ended a connection, told by its handler and read by its stream.
final class SiemFaultBox: Sendable {
  private let held = Mutex<(any Error)?>(nil)

  var value: (any Error)? { held.withLock { $0 } }

  /// The first one stays.
  func set(_ error: any Error) { held.withLock { $0 = $0 ?? error } }
}

/// Passes over what a collector says, which is nothing by RFC 5425, and notes why the connection ended.
private final class SiemHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let fault: SiemFaultBox

  init(fault: SiemFaultBox) { self.fault = fault }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fault.set(error)
    context.close(promise: nil)
  }
}
