public import Model
public import Wire

/// A line on its way to a client. Only a receipt makes one, whatever it says.
public struct Reply: Sendable {
  /// A row of an answer.
  public struct Row: Sendable {
    /// One JSON value.
    public let json: [UInt8]
  }

  /// The end of a command.
  public struct Final: Sendable {
    /// Whether it went well.
    public let status: Status
    /// Its code.
    public let code: String
    /// What it says besides the request id.
    public let object: JSONObject
  }

  /// A row about what the receipt names, or about no person at all.
  public static func row(_ object: JSONObject, _ receipt: borrowing Receipt) -> Row {
    var writer = JSONWriter()
    writer.object(object)
    return Row(json: writer.taken())
  }

  /// The same, written straight into the line.
  public static func row(_ receipt: borrowing Receipt, _ write: (inout JSONWriter) -> Void) -> Row {
    var writer = JSONWriter()
    write(&writer)
    return Row(json: writer.taken())
  }

  /// The end of a command that went well.
  public static func done(_ object: JSONObject, code: String = "done", _ receipt: borrowing Receipt) -> Final {
    Final(status: .ok, code: code, object: object.adding("rid", .string(receipt.request.description)))
  }

  /// The refusal of a command, itself in the log.
  public static func refusal(_ error: RegisterError, language: Language, _ receipt: borrowing Receipt) -> Final {
    Final(status: .no, code: error.code, object: describe(error, language: language, request: receipt.request))
  }

  /// The answer where the log cannot be written. It says only that, so it needs no receipt.
  public static func unavailable(_ error: RegisterError, language: Language, request: RequestID) -> Final {
    let shown = error.isOf("unavailable") ? error : .unavailableLog
    return Final(status: .no, code: shown.code, object: describe(shown, language: language, request: request))
  }

  /// The answer to a line that is itself wrong. It says only that, and leaves no entry.
  public static func bad(_ code: String, _ message: Text, language: Language, request: RequestID) -> Final {
    Final(status: .bad, code: code, object: ["msg": .string(message[language]), "rid": .string(request.description)])
  }

  private static func describe(_ error: RegisterError, language: Language, request: RequestID) -> JSONObject {
    var object: JSONObject = ["msg": .string(error.message[language])]
    if let hint = error.hint { object = object.adding("hint", .string(hint[language])) }
    if let retry = error.retryMilliseconds { object = object.adding("retry", .int(Int64(retry))) }
    if error.isUnknown { object = object.adding("unknown", .bool(true)) }
    return object.adding("rid", .string(request.description))
  }
}

extension JSONObject {
  func adding(_ key: String, _ value: JSON) -> JSONObject {
    var copy = self
    copy[key] = value
    return copy
  }
}
