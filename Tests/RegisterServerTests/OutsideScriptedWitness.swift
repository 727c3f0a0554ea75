import AccessLog
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

@testable import RegisterServer

/// A server of HTTP whose answers a test decides, request by request.
final class OutsideScriptedWitness: Sendable {
  struct Request: Sendable, Equatable {
    var method: String
    var path: String
    var body: String
    /// Which connection it came over, from 1.
    var connection: Int
  }

  enum Reply: Sendable {
    case answer(Int, String, headers: [String: String] = [:])
    /// Bytes as they are, and the end.
    case raw([UInt8])
    case silence
    case close
    /// An answer, and then the end without a word of it.
    case answerAndClose(Int, String)
    /// A body without end.
    case endless
  }

  private struct State {
    var requests: [Request] = []
    var connections: [any Channel] = []
    var script: @Sendable (Request) -> Reply = { _ in .silence }
  }

  private let state: Mutex<State>
  private let listener = Mutex<(any Channel)?>(nil)

  init(_ script: @escaping @Sendable (Request) -> Reply) { state = Mutex(State(script: script)) }

  /// Begins to listen; gives the port.
  func start(port: Int = 0, certificates: DevelopmentCertificates? = nil) async throws -> Int {
    let context = try certificates.map {
      try NIOSSLContext(
        configuration: .makeServerConfiguration(
          certificateChain: try NIOSSLCertificate.fromPEMFile($0.certificateFile).map { .certificate($0) },
          privateKey: .privateKey(try NIOSSLPrivateKey(file: $0.keyFile, format: .pem))))
    }
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { [self] child in
        let number = state.withLock { state in
          state.connections.append(child)
          return state.connections.count
        }
        return child.eventLoop.makeCompletedFuture {
          let pipeline = child.pipeline.syncOperations
          if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
          try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
          try pipeline.addHandler(OutsideScriptHandler(self, number))
        }
      }.bind(host: "127.0.0.1", port: port).get()
    listener.withLock { $0 = channel }
    return channel.localAddress?.port ?? 0
  }

  func stop() async {
    try? await listener.withLock { $0.take() }?.close()
    await hangUp()
  }

  func hangUp() async {
    for channel in state.withLock({ $0.connections }) { try? await channel.close() }
  }

  func answer(_ script: @escaping @Sendable (Request) -> Reply) { state.withLock { $0.script = script } }
  var requests: [Request] { state.withLock { $0.requests } }
  var connections: Int { state.withLock { $0.connections.count } }

  fileprivate func reply(_ request: Request) -> Reply {
    state.withLock { state in
      state.requests.append(request)
      return state.script
    }(request)
  }
}

private final class OutsideScriptHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = ByteBuffer

  private let witness: OutsideScriptedWitness
  private var request: OutsideScriptedWitness.Request

  init(_ witness: OutsideScriptedWitness, _ number: Int) {
    self.witness = witness
    request = .init(method: "", path: "", body: "", connection: number)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      (request.method, request.path, request.body) = (head.method.rawValue, head.uri, "")
    case .body(let buffer): request.body += String(decoding: buffer.readableBytesView, as: UTF8.self)
    case .end: act(context, witness.reply(request))
    }
  }

  private func act(_ context: ChannelHandlerContext, _ reply: OutsideScriptedWitness.Reply) {
    switch reply {
    case .answer(let status, let body, let headers): send(context, Self.bytes(status, body, headers))
    case .raw(let bytes):
      send(context, bytes)
      context.close(promise: nil)
    case .silence: break
    case .close: context.close(promise: nil)
    case .answerAndClose(let status, let body):
      send(context, Self.bytes(status, body, [:]))
      context.close(promise: nil)
    case .endless:
      send(context, Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8))
      for _ in 0..<40 { send(context, Array("1000\r\n\(String(repeating: "x", count: 4096))\r\n".utf8)) }
    }
  }

  private func send(_ context: ChannelHandlerContext, _ bytes: [UInt8]) {
    context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
  }

  private static func bytes(_ status: Int, _ body: String, _ headers: [String: String]) -> [UInt8] {
    var head = "HTTP/1.1 \(status) Status\r\nContent-Length: \(body.utf8.count)\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    return Array((head + "\r\n" + body).utf8)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// A witness that does what tlog-witness asks for; a test can change what it remembers.
final class OutsideHonestWitness: Sendable {
  private struct State {
    var size: Int64 = 0
    var root = TreeHash.ofEmptyTree
    var faults: [String] = []
  }

  let cosigner: OutsideCosigner
  private let logKey: VerifierKey
  private let state = Mutex(State())

  init(_ log: OutsideTestLog, cosigner: OutsideCosigner = OutsideCosigner()) {
    logKey = log.signer.verifierKey
    self.cosigner = cosigner
  }

  /// How many entries it has seen.
  var size: Int64 { state.withLock { $0.size } }
  /// What was asked of it that it must not sign.
  var faults: [String] { state.withLock { $0.faults } }

  func remember(_ checkpoint: Checkpoint) {
    state.withLock { ($0.size, $0.root) = (checkpoint.size, checkpoint.root) }
  }

  func reply(_ request: OutsideScriptedWitness.Request) -> OutsideScriptedWitness.Reply {
    state.withLock { state in
      do {
        return try judge(request, &state)
      } catch {
        state.faults.append("\(error)")
        return .answer(400, "")
      }
    }
  }

  private func judge(
    _ request: OutsideScriptedWitness.Request, _ state: inout State
  ) throws -> OutsideScriptedWitness.Reply {
    guard request.method == "POST", request.path.hasSuffix("/add-checkpoint"),
      let blank = request.body.firstRange(of: "\n\n")
    else { throw ServerFault("not a request") }
    let lines = request.body[..<blank.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
    let note = String(request.body[blank.upperBound...])
    guard lines[0].hasPrefix("old "), let old = Int64(lines[0].dropFirst(4)), lines.count <= 64 else {
      throw ServerFault("not a size")
    }
    let proof = lines.dropFirst().compactMap { TreeHash(base64: $0) }
    let signed = try SignedNote(note)
    let checkpoint = try Checkpoint(signed.text)
    guard proof.count == lines.count - 1, old <= checkpoint.size else { throw ServerFault("not a proof") }
    guard try signed.verify([logKey]) == [logKey] else { return .answer(403, "") }
    guard old == state.size else {
      return .answer(409, "\(state.size)\n", headers: ["Content-Type": "text/x.tlog.size"])
    }
    if old == checkpoint.size, state.root != checkpoint.root { return .answer(409, "\(state.size)\n") }
    let isGood = Merkle.verifyConsistency(
      from: old, fromRoot: state.root, to: checkpoint.size, toRoot: checkpoint.root, proof: proof)
    guard isGood else { return .answer(422, "") }
    (state.size, state.root) = (checkpoint.size, checkpoint.root)
    return .answer(200, try cosigner.line(signed.text) + "\n")
  }
}
