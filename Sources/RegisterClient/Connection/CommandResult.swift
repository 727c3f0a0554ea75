public import Wire

/// The final line of a command.
public struct CommandResult: Sendable, Equatable {
  /// How it ended.
  public enum Status: String, Sendable {
    case ok = "OK"
    case no = "NO"
    case bad = "BAD"
  }

  /// How it ended.
  public let status: Status
  /// The code (PROTOCOL.md section 3), such as `done` or `denied/role`.
  public let code: String
  /// The object: `rid` and what else the command tells.
  public let object: JSON

  /// A final line.
  public init(status: Status, code: String, object: JSON) {
    self.status = status
    self.code = code
    self.object = object
  }

  /// Whether the code is `group` or one of its group: a client that does not know `a/b` takes it as `a`.
  public func isOf(_ group: String) -> Bool { code == group || code.hasPrefix(group + "/") }

  /// The words for people, in the session's language.
  public var message: String? { object["msg"]?.string }
  /// What would help, for people.
  public var hint: String? { object["hint"]?.string }
  /// What `after=` takes for the next page.
  public var next: String? { object["next"]?.string }
  /// The line as it stands on the wire, without its tag.
  public var line: String { "\(status.rawValue) \(code) \(object)" }
}

/// A value as the server sent it.
public struct ServerValue: Sendable, Equatable {
  /// The value.
  public let value: JSON
  /// Its text, exactly as sent.
  public let text: String

  /// A value and its text.
  public init(value: JSON, text: String) {
    self.value = value
    self.text = text
  }
}
