import Model
import NIOCore
import NIOSSL

/// The channel's end of a session: bytes in and out, the clock, and when to read.
final class SessionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Written and counted piece by piece, so that a slow client shows progress.
  private static let chunkBytes = 16 * 1024
  private static let handshakeSeconds: Int64 = 10

  /// Makes the session; the certificate's hash is empty where the client has shown none.
  typealias Make = (_ certificate: [UInt8], any EventLoop, @escaping @Sendable () -> Void) -> SessionConnection

  private let make: Make
  private let isEncrypted: Bool
  private let onClosed: (SessionConnection?) -> Void
  private var connection: SessionConnection?
  private var context: ChannelHandlerContext?
  private var timer: Scheduled<Void>?
  private var handshakeTimer: Scheduled<Void>?
  private var isReading = true
  private var exit: SessionMachine.Exit?
  private var isTurning = false

  /// A handler that makes its session when the client can be spoken to.
  init(isEncrypted: Bool, make: @escaping Make, onClosed: @escaping (SessionConnection?) -> Void) {
    self.isEncrypted = isEncrypted
    self.make = make
    self.onClosed = onClosed
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func channelActive(context: ChannelHandlerContext) {
    if isEncrypted { limitHandshake(context) } else { begin(context) }
    context.fireChannelActive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // The TLS handler's first word is that the handshake is complete; nothing was read before it.
    if isEncrypted, !(event is ChannelEvent) { begin(context) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    buffer.withUnsafeReadableBytes { connection?.received($0) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    turn()
    context.fireChannelReadComplete()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    handshakeTimer?.cancel()
    self.context = nil
    connection?.closed()
    onClosed(connection)
    connection = nil
    context.fireChannelInactive()
  }

  // MARK: Beginning

  /// The session begins with the end of the TLS handshake; where it never does, there was none.
  private func limitHandshake(_ context: ChannelHandlerContext) {
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    handshakeTimer = context.eventLoop.scheduleTask(in: .seconds(Self.handshakeSeconds)) {
      bound.value.context?.close(promise: nil)
    }
  }

  private func begin(_ context: ChannelHandlerContext) {
    guard connection == nil else { return }
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    let shown = isEncrypted ? try? context.pipeline.syncOperations.nioSSL_peerCertificate() : nil
    let certificate = shown.map { TransportSecurity.hash(ofClient: $0) } ?? []
    connection = make(certificate, context.eventLoop) { bound.value.turn() }
    turn()
    tick()
  }

  private func tick() {
    guard let connection, let context else { return }
    let next = connection.tick(now: .now())
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: .milliseconds(Int64(next))) { bound.value.tick() }
  }

  // MARK: Turns

  private func turn() {
    guard let connection, let context, exit != .now, !isTurning else { return }
    isTurning = true
    defer { isTurning = false }
    let turn = connection.takeTurn(now: .now())
    if turn.exit == .now {
      exit = .now
      context.close(promise: nil)
    } else if exit == nil {
      exit = turn.exit
      let isClosing = exit == .afterOutput
      if isClosing || !turn.output.isEmpty { write(turn.output, context, connection, closing: isClosing) }
      if isReading == turn.isReadingPaused { setReading(!turn.isReadingPaused, context) }
    }
  }

  private func setReading(_ isOn: Bool, _ context: ChannelHandlerContext) {
    isReading = isOn
    try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
  }

  private func write(
    _ output: [UInt8], _ context: ChannelHandlerContext, _ connection: SessionConnection, closing: Bool
  ) {
    let channel = context.channel
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    var start = 0
    repeat {
      let end = min(output.count, start + Self.chunkBytes)
      let isLast = end == output.count
      let count = end - start
      let buffer = context.channel.allocator.buffer(bytes: output[start..<end])
      let written = context.eventLoop.makePromise(of: Void.self)
      written.futureResult.whenComplete { result in
        if case .success = result {
          bound.value.handshakeTimer?.cancel()
          connection.wrote(count, now: .now())
        }
        if closing, isLast { channel.close(promise: nil) }
      }
      context.write(wrapOutboundOut(buffer), promise: written)
      start = end
    } while start < output.count
    context.flush()
  }
}
