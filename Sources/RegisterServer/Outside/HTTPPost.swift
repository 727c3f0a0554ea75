import Model
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Posts to one address, over HTTP/1.1 and a connection that is kept, one request after another. An answer is bounded
/// in size and time; a redirection is an answer like any other, and is not followed.
final class HTTPPost: Sendable {
  /// An answer, whatever its status.
  struct Answer: Sendable, Equatable {
    var status: Int
    var body: [UInt8]
  }

  /// The longest body of an answer.
  static let answerBytesMax = 65_536

  private let address: HTTPAddress
  private let name: String
  private let authorities: String?
  private let timing: OutsideTiming
  private let kept = Mutex<HTTPConnection?>(nil)

  /// - Parameters:
  ///   - name: The last part of the path.
  ///   - authorities: A PEM file with the authorities for https; nil for those of the system.
  init(address: HTTPAddress, name: String, authorities: String?, timing: OutsideTiming) {
    self.address = address
    self.name = name
    self.authorities = authorities
    self.timing = timing
  }

  /// Sends a body; gives the answer. A kept connection that ended meanwhile is replaced once, so that a request may
  /// come twice.
  func send(_ body: [UInt8]) async throws -> Answer {
    if let connection = kept.withLock({ $0.take() }), connection.channel.isActive {
      do {
        return try await exchange(on: connection, body)
      } catch let fault as HTTPFault where fault.isOfConnection {
        // A new one may do.
      }
    }
    return try await exchange(on: try await connect(), body)
  }

  /// Ends the connection.
  func close() async { try? await kept.withLock { $0.take() }?.channel.close() }

  private func exchange(on connection: HTTPConnection, _ body: [UInt8]) async throws -> Answer {
    let channel = connection.channel
    let promise = channel.eventLoop.makePromise(of: Answer.self)
    let fail: @Sendable (any Error) -> Void = { error in
      promise.fail(error)
      channel.close(promise: nil)
    }
    let late = HTTPFault.late(seconds: timing.answerMilliseconds / 1000)
    let timeout = channel.eventLoop.scheduleTask(in: .milliseconds(Int64(timing.answerMilliseconds))) { fail(late) }
    defer { timeout.cancel() }
    let written = channel.eventLoop.makePromise(of: Void.self)
    written.futureResult.whenFailure { fail(connection.fault.value ?? HTTPFault.from($0)) }
    let exchange = HTTPExchange(head: head(body.count), body: channel.allocator.buffer(bytes: body), answer: promise)
    channel.writeAndFlush(exchange, promise: written)
    let answer = try await withTaskCancellationHandler {
      try await promise.futureResult.get()
    } onCancel: {
      fail(CancellationError())
    }
    if channel.isActive { kept.withLock { $0 = connection } }
    return answer
  }

  private func head(_ count: Int) -> HTTPRequestHead {
    HTTPRequestHead(
      version: .http1_1, method: .POST, uri: address.path + name,
      headers: [
        "Host": address.authority, "Content-Length": "\(count)", "Content-Type": "text/plain; charset=utf-8",
        "User-Agent": "rekisterid",
      ])
  }

  private func connect() async throws -> HTTPConnection {
    let context = try address.isSecure ? NIOSSLContext(configuration: tls()) : nil
    // An address is checked against the certificate's addresses, and is no server name (RFC 6066, section 3).
    let isAddress = (try? SocketAddress(ipAddress: address.host, port: 0)) != nil
    let serverName = isAddress ? nil : address.host
    let group = MultiThreadedEventLoopGroup.singleton
    let fault = HTTPFaultBox()
    let connecting = ClientBootstrap(group: group)
      .connectTimeout(.milliseconds(Int64(timing.connectMilliseconds)))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let context {
            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: serverName))
          }
          try pipeline.addHTTPClientHandlers()
          try pipeline.addHandler(HTTPExchangeHandler(fault))
        }
      }
      .connect(host: address.host, port: address.port)
    // Connecting goes on where the task is cancelled; nobody waits for it.
    let promise = group.any().makePromise(of: (any Channel).self)
    connecting.cascade(to: promise)
    do {
      let channel = try await withTaskCancellationHandler {
        try await promise.futureResult.get()
      } onCancel: {
        promise.fail(CancellationError())
        connecting.whenSuccess { $0.close(promise: nil) }
      }
      return HTTPConnection(channel: channel, fault: fault)
    } catch {
      throw HTTPFault.from(error)
    }
  }

  /// Certificates are read anew each time, so that renewed ones count.
  private func tls() throws -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.certificateVerification = .fullVerification
    configuration.applicationProtocols = ["http/1.1"]
    if let authorities {
      let certificates = try NIOSSLCertificate.fromPEMFile(authorities)
      guard !certificates.isEmpty else { throw ServerFault("\(authorities) holds no certificate") }
      configuration.trustRoots = .certificates(certificates)
    }
    return configuration
  }
}

/// A connection, and what ended it.
struct HTTPConnection: Sendable {
  let channel: any Channel
  let fault: HTTPFaultBox
}
