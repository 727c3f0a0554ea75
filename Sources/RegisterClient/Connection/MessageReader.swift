import Wire

/// Reads a server's line and keeps the text of its value.
enum MessageReader {
  /// What the line says. Throws `ClientError.protocol` for what is not rek/1.
  static func read(_ line: [UInt8]) throws(ClientError) -> Message {
    let parsed: ServerLine
    do {
      parsed = try ServerLine.parse(line)
    } catch {
      throw .protocol("a line that is not understood")
    }
    switch (parsed.tag, parsed.content) {
    case (nil, .item(.event, let event)): return .event(event)
    case (nil, .final(let status, let code, let object)): return .refusal(final(status, code, object))
    case (let tag?, .final(let status, let code, let object)):
      return .arrival(tag: tag, .final(final(status, code, object)))
    case (let tag?, .item(.row, let value)):
      return .arrival(tag: tag, .row(ServerValue(value: value, text: text(after: 2, in: line))))
    case (let tag?, .item(.progress, let value)): return .arrival(tag: tag, .progress(value))
    case (let tag?, .item(.need, let value)): return .arrival(tag: tag, .need(value))
    case (nil, .item), (_?, .item(.event, _)): throw .protocol("a line that belongs nowhere")
    }
  }

  private static func final(_ status: Status, _ code: String, _ object: JSONObject) -> CommandResult {
    CommandResult(status: CommandResult.Status(status), code: code, object: .object(object))
  }

  /// What follows the given number of spaces.
  private static func text(after spaces: Int, in line: [UInt8]) -> String {
    var left = spaces
    guard
      let last = line.firstIndex(where: { byte in
        if byte == 0x20 { left -= 1 }
        return left == 0
      })
    else { return "" }
    return String(decoding: line[(last + 1)...], as: UTF8.self)
  }
}

extension CommandResult.Status {
  init(_ status: Status) {
    switch status {
    case .ok: self = .ok
    case .no: self = .no
    case .bad: self = .bad
    }
  }
}
