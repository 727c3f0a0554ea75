import Model
import NIOCore
import NIOSSL
import Wire

/// Cuts what the channel receives into lines and hands them to the core; a line that is not rek/1 closes the channel.
final class LineHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let core: ConnectionCore
  private var decoder = LineDecoder(maximumBytes: Limits.serverLineBytesMax)

  init(core: ConnectionCore) { self.core = core }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    decoder.append(buffer.readableBytesView)
    do {
      while let line = try decoder.next() { try core.receive(MessageReader.read(line)) }
    } catch let fault as LineFault {
      close(context, .protocol(fault.code))
    } catch let error as ClientError {
      close(context, error)
    } catch {
      close(context, .protocol("a line that is not understood"))
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    core.end(.closed)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? NIOSSLError, case .uncleanShutdown = error {
      close(context, .closed)
    } else {
      close(context, ConnectionFailure.of(error))
    }
  }

  private func close(_ context: ChannelHandlerContext, _ reason: ClientError) {
    core.end(reason)
    context.close(promise: nil)
  }
}
