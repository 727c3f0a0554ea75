import NIOCore
import Wire

/// Tells a connection beyond the caps that the server is busy, and closes it.
final class BusyHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let onClosed: () -> Void

  init(onClosed: @escaping () -> Void) {
    self.onClosed = onClosed
  }

  func channelActive(context: ChannelHandlerContext) {
    let channel = context.channel
    context.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
    say(context)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func channelInactive(context: ChannelHandlerContext) {
    onClosed()
    context.fireChannelInactive()
  }

  private func say(_ context: ChannelHandlerContext) {
    let line = ReplyLine.item(tag: nil, kind: .event, json: ["event": "busy"])
    let channel = context.channel
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.whenComplete { _ in channel.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: line)), promise: written)
  }
}
