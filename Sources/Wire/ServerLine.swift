/// Why a line is not one of a server's.
public enum ServerLineFault: Error, Sendable, Hashable {
  /// Not by the grammar.
  case syntax
  /// The JSON value is none.
  case json(JSONFault)
}

/// A line from the server, as a client reads it.
public struct ServerLine: Sendable, Hashable {
  /// The command it belongs to; nil for `-`.
  public var tag: String?
  /// What it says.
  public var content: Content

  /// What a line from the server says.
  public enum Content: Sendable, Hashable {
    /// A row, progress, a need or an event.
    case item(ReplyLine.Kind, JSON)
    /// The last line of its tag: status, code and object.
    case final(Status, code: String, JSONObject)
  }

  /// A line.
  public init(tag: String?, content: Content) {
    self.tag = tag
    self.content = content
  }

  /// The line that the bytes hold, without its end.
  public static func parse(_ line: [UInt8]) throws(ServerLineFault) -> ServerLine {
    try line.withUnsafeBufferPointer { bytes throws(ServerLineFault) in
      let tag = try tag(bytes)
      var rest = UnsafeBufferPointer(rebasing: bytes[(tag.utf8.count + 1)...])
      let word = try word(rest)
      rest = UnsafeBufferPointer(rebasing: rest[(word.count + 1)...])
      let content: Content
      if word.count == 1, let kind = ReplyLine.Kind(rawValue: word[0]) {
        content = .item(kind, try json(rest))
      } else {
        content = try final(word, rest)
      }
      return ServerLine(tag: tag == "-" ? nil : tag, content: content)
    }
  }

  /// `( tag / "-" ) SP`, the space not counted.
  private static func tag(_ bytes: UnsafeBufferPointer<UInt8>) throws(ServerLineFault) -> String {
    let word = try word(bytes)
    if word.count == 1, word[0] == 0x2D { return "-" }
    guard word.count <= 16, word[0] != 0x2D, word[0] != 0x5F, word.allSatisfy(Scalars.isTag) else { throw .syntax }
    return String(decoding: word, as: UTF8.self)
  }

  /// The bytes before the next space; at least one.
  private static func word(_ bytes: UnsafeBufferPointer<UInt8>) throws(ServerLineFault) -> UnsafeBufferPointer<UInt8> {
    guard let space = bytes.firstIndex(of: 0x20), space > 0 else { throw .syntax }
    return UnsafeBufferPointer(rebasing: bytes[..<space])
  }

  /// `status SP code SP json`
  private static func final(
    _ status: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(ServerLineFault) -> Content {
    guard let status = Status(rawValue: String(decoding: status, as: UTF8.self)) else { throw .syntax }
    let code = try word(bytes)
    guard isCode(code) else { throw .syntax }
    guard case .object(let object) = try json(UnsafeBufferPointer(rebasing: bytes[(code.count + 1)...])) else {
      throw .syntax
    }
    return .final(status, code: String(decoding: code, as: UTF8.self), object)
  }

  /// `name *3( "/" name )`
  private static func isCode(_ code: UnsafeBufferPointer<UInt8>) -> Bool {
    let names = code.split(separator: 0x2F, omittingEmptySubsequences: false)
    return names.count <= 4 && names.allSatisfy { isName($0) }
  }

  private static func isName(_ name: some Collection<UInt8>) -> Bool {
    guard let first = name.first, (0x61...0x7A).contains(first) else { return false }
    return name.count <= 32 && name.allSatisfy(Scalars.isName)
  }

  private static func json(_ bytes: UnsafeBufferPointer<UInt8>) throws(ServerLineFault) -> JSON {
    do {
      return try JSON.parse(bytes)
    } catch {
      throw .json(error)
    }
  }
}
