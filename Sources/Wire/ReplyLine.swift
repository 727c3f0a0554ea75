/// How a command ended.
public enum Status: String, Sendable, Hashable, CaseIterable {
  /// Done, or stored until a second person decides.
  case ok = "OK"
  /// Not done.
  case no = "NO"
  /// The line itself is wrong.
  case bad = "BAD"
}

/// Writes the server's lines, each with its line feed (PROTOCOL.md section 1).
///
/// A tag of nil is `-`. Codes come from the program and are not checked.
public enum ReplyLine {
  /// What an item's sign means.
  public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
    /// `*`
    case row = 0x2A
    /// `~`
    case progress = 0x7E
    /// `?`: the server waits for a feed.
    case need = 0x3F
    /// `!`
    case event = 0x21
  }

  /// The line of an item.
  public static func item(tag: String?, kind: Kind, json: JSON) -> [UInt8] {
    var bytes: [UInt8] = []
    item(tag: tag, kind: kind, into: &bytes) { $0.value(json) }
    return bytes
  }

  /// The line that ends a command.
  public static func final(tag: String?, status: Status, code: String, object: JSONObject = [:]) -> [UInt8] {
    var bytes: [UInt8] = []
    final(tag: tag, status: status, code: code, into: &bytes) { $0.object(object) }
    return bytes
  }

  /// Appends the line of an item, whose one value `write` writes. When it throws, nothing is appended.
  public static func item(
    tag: String?, kind: Kind, into bytes: inout [UInt8], _ write: (inout JSONWriter) throws -> Void
  ) rethrows {
    let begin = bytes.count
    bytes.append(contentsOf: (tag ?? "-").utf8)
    bytes.append(0x20)
    bytes.append(kind.rawValue)
    try finish(&bytes, begin, write)
  }

  /// Appends the line that ends a command, whose one object `write` writes. When it throws, nothing is appended.
  public static func final(
    tag: String?, status: Status, code: String, into bytes: inout [UInt8],
    _ write: (inout JSONWriter) throws -> Void
  ) rethrows {
    let begin = bytes.count
    bytes.append(contentsOf: (tag ?? "-").utf8)
    bytes.append(0x20)
    bytes.append(contentsOf: status.rawValue.utf8)
    bytes.append(0x20)
    bytes.append(contentsOf: code.utf8)
    try finish(&bytes, begin, write)
  }

  private static func finish(
    _ bytes: inout [UInt8], _ begin: Int, _ write: (inout JSONWriter) throws -> Void
  ) rethrows {
    bytes.append(0x20)
    var writer = JSONWriter(appendingTo: bytes.taken())
    do {
      try write(&writer)
    } catch {
      bytes = writer.taken()
      bytes.removeSubrange(begin...)
      throw error
    }
    bytes = writer.taken()
    bytes.append(0x0A)
  }
}
