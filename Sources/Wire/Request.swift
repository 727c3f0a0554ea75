/// A line from the client: a command, or a feed for one that is under way (PROTOCOL.md section 1).
public struct Request: Sendable, Hashable {
  /// The client's own name for the command, 1 to 16 of `A-Z a-z 0-9 - _`.
  public var tag: String
  /// What the line asks.
  public var body: Body

  /// A line with its tag and body.
  public init(tag: String, body: Body) {
    self.tag = tag
    self.body = body
  }

  /// What a line from the client asks.
  public enum Body: Sendable, Hashable {
    /// A new command.
    case command(Command)
    /// An answer to a `?` of the command with the same tag.
    case feed(JSON)
  }
}

/// A verb and its parameters, in the order given; no name occurs twice.
public struct Command: Sendable, Hashable {
  /// The verb: one to four names joined by dots.
  public var verb: String
  /// The parameters.
  public var parameters: [Parameter]

  /// A command.
  public init(verb: String, parameters: [Parameter] = []) {
    self.verb = verb
    self.parameters = parameters
  }

  /// The value of a parameter, or nil where it was not given.
  public subscript(name: String) -> String? {
    for parameter in parameters where parameter.name == name { return parameter.value }
    return nil
  }
}

/// A parameter of a command.
public struct Parameter: Sendable, Hashable {
  /// The name.
  public var name: String
  /// The value with quotes and escapes undone; `true` for a bare name.
  public var value: String
  /// Whether only the name was given.
  public var isBare: Bool

  /// A parameter `name=value`.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
    isBare = false
  }

  /// A parameter of a name only, which means `true`.
  public init(bare name: String) {
    self.name = name
    value = "true"
    isBare = true
  }
}

/// Why a line is no request; the connection goes on.
public struct RequestFault: Error, Sendable, Hashable {
  /// The code of the `BAD` line: `syntax`, `duplicate`, `toolong` or `encoding`.
  public var code: String
  /// The line's tag where that much could be read, else nil: answered with `-`.
  public var tag: String?
  /// Whether the line was a feed, so that the command it was for ends.
  public var isFeed: Bool

  /// A fault.
  public init(code: String, tag: String? = nil, isFeed: Bool = false) {
    self.code = code
    self.tag = tag
    self.isFeed = isFeed
  }
}
