public import Model
import NIOCore
import NIOPosix
import NIOSSL
public import Wire

/// A connection to a register's server that speaks rek/1, with as many commands at once as the server takes.
public final class RegisterConnection: Sendable {
  /// What the server said first.
  public let greeting: Greeting
  /// Events that the server sends after `watch`, one reader only; the oldest are left out where nobody reads.
  public var events: AsyncStream<JSON> { core.events }
  /// Whether the connection goes over TLS.
  public let isEncrypted: Bool
  /// The channel binding `tls-server-end-point` of the server's certificate; nil without TLS.
  let channelBinding: [UInt8]?
  private let channel: any Channel
  private let core: ConnectionCore

  /// How long connecting, TLS and the greeting may take, each.
  public static let connectSeconds: Int64 = 10

  private init(
    greeting: Greeting, isEncrypted: Bool, channelBinding: [UInt8]?, channel: any Channel, core: ConnectionCore
  ) {
    self.greeting = greeting
    self.isEncrypted = isEncrypted
    self.channelBinding = channelBinding
    self.channel = channel
    self.core = core
  }

  /// Connects and waits for the greeting.
  ///
  /// Over TCP this is TLS 1.3 with the server's certificate and name verified, against the authorities in `caFile` or,
  /// without one, those that the system trusts.
  /// `certificate` is shown to a server that asks for one.
  /// - Throws: `ClientError.connection`, `.busy`, `.protocol`, or `.file` for a file that cannot be used.
  public static func connect(
    to endpoint: ServerEndpoint, caFile: String? = nil, certificate: ClientCertificate? = nil
  ) async throws -> RegisterConnection {
    let security = try TransportSecurity(endpoint, caFile: caFile, certificate: certificate)
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let promise = loop.makePromise(of: Greeting.self)
    let core = ConnectionCore(greeting: promise)
    let channel: any Channel
    do {
      channel = try await dial(endpoint, security, core, on: loop)
    } catch {
      let failure = ConnectionFailure.of(error)
      core.end(failure)
      throw failure
    }
    let timeout = loop.scheduleTask(in: .seconds(connectSeconds)) { core.end(.connection("timeout")) }
    do {
      let greeting = try await promise.futureResult.get()
      timeout.cancel()
      let certificate = security.isEncrypted ? try await channel.nioSSL_peerCertificate().get() : nil
      let binding = try certificate.flatMap { ChannelBinding.endPoint(certificate: try $0.toDERBytes()) }
      return RegisterConnection(
        greeting: greeting, isEncrypted: security.isEncrypted, channelBinding: binding, channel: channel, core: core)
    } catch {
      timeout.cancel()
      channel.close(promise: nil)
      if case ClientError.closed = error { throw ClientError.connection("closed") }
      throw ConnectionFailure.of(error)
    }
  }

  private static func dial(
    _ endpoint: ServerEndpoint, _ security: TransportSecurity, _ core: ConnectionCore, on loop: any EventLoop
  ) async throws -> any Channel {
    let bootstrap = ClientBootstrap(group: loop)
      .connectTimeout(.seconds(connectSeconds))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try security.install(core, in: channel.pipeline.syncOperations) }
      }
    switch endpoint {
    case .tcp(let host, let port):
      return try await bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1).connect(host: host, port: port).get()
    case .unixSocket(let path): return try await bootstrap.connect(unixDomainSocketPath: path).get()
    }
  }

  /// Settles version and language. Throws `ClientError.refused` where the server refuses.
  @discardableResult
  public func hello(_ language: Language) async throws -> CommandResult {
    let command = Command(
      verb: "hello",
      parameters: [
        Parameter(name: "proto", value: Greeting.version), Parameter(name: "lang", value: language.rawValue),
      ])
    let final = try await run(command).collect().final
    guard final.status == .ok else { throw ClientError.refused(final) }
    return final
  }

  /// Sends a command; many may be under way.
  ///
  /// - Parameters:
  ///   - input: the rows, for a command that takes them.
  ///   - answer: answers other needs, such as a one-time password.
  /// - Throws: `ClientError.usage` for what cannot be written as a line, `.closed` and its like where the connection
  ///   has ended.
  public func run(
    _ command: Command, input: BulkInput? = nil, answer: RunningCommand.Answer? = nil
  ) throws(ClientError) -> RunningCommand {
    let (arrivals, sink) = AsyncThrowingStream<Arrival, any Error>.makeStream()
    // Checked before a tag is open that would never get a final line.
    _ = try encode(Request(tag: String(repeating: "x", count: 16), body: .command(command)))
    let tag = try core.open(sink)
    let line = try encode(Request(tag: tag, body: .command(command)))
    sink.onTermination = { [weak self] termination in
      if case .cancelled = termination { self?.cancel(tag: tag) }
    }
    channel.writeAndFlush(ByteBuffer(bytes: line), promise: nil)
    return RunningCommand(tag: tag, connection: self, arrivals: arrivals, input: input, answer: answer)
  }

  /// Ends the session politely and closes.
  public func quit() async {
    if let command = try? run(Command(verb: "quit")) { _ = try? await command.collect() }
    close()
  }

  /// Closes at once.
  public func close() {
    core.end(.closed)
    channel.close(promise: nil)
  }

  /// Whether the connection has ended.
  public var isClosed: Bool { core.isEnded }

  // MARK: - For commands under way

  /// Asks to cancel a command that has not had its final line.
  func cancel(tag: String) {
    guard core.isOpen(tag), let own = try? core.open(nil) else { return }
    let command = Command(verb: "cancel", parameters: [Parameter(name: "of", value: tag)])
    guard let line = try? encode(Request(tag: own, body: .command(command))) else { return }
    channel.writeAndFlush(ByteBuffer(bytes: line), promise: nil)
  }

  /// Sends one feed.
  func feed(_ value: JSON, tag: String) async throws {
    try await write(ByteBuffer(bytes: try encode(Request(tag: tag, body: .feed(value)))))
  }

  /// Sends all feeds of bulk input and the `null` at its end, as fast as the server takes them.
  func send(_ input: BulkInput, tag: String) async throws {
    var buffer = ByteBuffer()
    for feed in input.feeds(lineBytesMax: greeting.lineBytesMax) {
      buffer.writeBytes(try encode(Request(tag: tag, body: .feed(try feed.get()))))
      if buffer.readableBytes >= TextPieces.pieceBytes {
        try await write(buffer)
        buffer.clear()
        try Task.checkCancellation()
      }
    }
    buffer.writeBytes(try encode(Request(tag: tag, body: .feed(.null))))
    try await write(buffer)
  }

  /// Notes that an arrival was taken.
  func took(_ tag: String) { core.took(tag) }

  private func write(_ buffer: ByteBuffer) async throws {
    do {
      try await channel.writeAndFlush(buffer).get()
    } catch {
      throw ClientError.closed
    }
  }

  private func encode(_ request: Request) throws(ClientError) -> [UInt8] {
    do {
      return try request.encode(maximumBytes: greeting.lineBytesMax)
    } catch {
      throw .usage(
        Text(
          en: "\(ClientText.notLine.en) \(error.code)", fi: "\(ClientText.notLine.fi) \(error.code)",
          sv: "\(ClientText.notLine.sv) \(error.code)"))
    }
  }
}
