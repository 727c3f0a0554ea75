import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Why a post has no answer.
enum HTTPFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no connection, or it ended before the answer.
  case connection(String)
  /// The whole answer did not come in time.
  case late(seconds: Int)
  /// The body is longer than is read.
  case tooLong
  /// It is no answer of HTTP.
  case malformed

  /// Whether another connection may do.
  var isOfConnection: Bool {
    if case .connection = self { return true }
    return false
  }

  var description: String {
    switch self {
    case .connection(let why): why
    case .late(let seconds): "no answer within \(seconds) s"
    case .tooLong: "the answer is too long"
    case .malformed: "the answer is not of HTTP"
    }
  }

  /// What an error of a connection says, in short.
  static func from(_ error: any Error) -> any Error {
    switch error {
    case is CancellationError, is HTTPFault, is ServerFault: return error
    case HTTPParserError.invalidEOFState: return HTTPFault.connection("the connection ended before the answer")
    case is HTTPParserError: return HTTPFault.malformed
    case let error as NIOConnectionError:
      if let reason = error.connectionErrors.first?.error { return from(reason) }
      return HTTPFault.connection("no address of \(error.host) is known")
    case let error as IOError: return HTTPFault.connection(error.description)
    case ChannelError.connectTimeout: return HTTPFault.connection("no connection in time")
    case is ChannelError: return HTTPFault.connection("the connection ended before the answer")
    default: return HTTPFault.connection("\(error)")
    }
  }
}

/// What ended a connection, told by its handler.
final class HTTPFaultBox: Sendable {
  private let held = Mutex<(any Error)?>(nil)

  var value: (any Error)? { held.withLock { $0 } }

  /// The first one stays.
  func set(_ error: any Error) { held.withLock { $0 = $0 ?? error } }
}

/// A request and where its answer goes.
struct HTTPExchange: Sendable {
  let head: HTTPRequestHead
  let body: ByteBuffer
  let answer: EventLoopPromise<HTTPPost.Answer>
}

/// Sends one request at a time and gathers its answer. A connection that says anything else is closed.
final class HTTPExchangeHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundIn = HTTPExchange
  typealias OutboundOut = HTTPClientRequestPart

  private let fault: HTTPFaultBox
  private var promise: EventLoopPromise<HTTPPost.Answer>?
  private var answer: HTTPPost.Answer?
  private var isKept = false

  init(_ fault: HTTPFaultBox) { self.fault = fault }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let exchange = unwrapOutboundIn(data)
    self.promise = exchange.answer
    answer = nil
    context.write(wrapOutboundOut(.head(exchange.head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(exchange.body))), promise: nil)
    context.write(wrapOutboundOut(.end(nil)), promise: promise)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      guard promise != nil, answer == nil else { return end(context, HTTPFault.malformed) }
      answer = HTTPPost.Answer(status: Int(head.status.code), body: [])
      isKept = head.isKeepAlive
    case .body(let buffer):
      guard var known = answer else { return }
      guard known.body.count + buffer.readableBytes <= HTTPPost.answerBytesMax else {
        return end(context, HTTPFault.tooLong)
      }
      answer = nil
      known.body += buffer.readableBytesView
      answer = known
    case .end:
      guard let promise, let answer else { return }
      (self.promise, self.answer) = (nil, nil)
      if !isKept { context.close(promise: nil) }
      promise.succeed(answer)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { end(context, HTTPFault.from(error)) }

  func channelInactive(context: ChannelHandlerContext) {
    end(context, HTTPFault.connection("the connection ended before the answer"))
    context.fireChannelInactive()
  }

  private func end(_ context: ChannelHandlerContext, _ error: any Error) {
    fault.set(error)
    promise?.fail(error)
    (promise, answer) = (nil, nil)
    context.close(promise: nil)
  }
}
