public import Model
public import Wire

/// A command that waits for a second person, as it is sealed: all that is needed to show it and to run it.
public struct ApprovalRequest: Sendable {
  /// The command.
  public var verb: String
  /// Its parameters as given.
  public var parameters: [(name: String, value: String)]
  /// Its purpose.
  public var purpose: Purpose?
  /// Its case.
  public var caseReference: String
  /// The requester's language.
  public var language: Language
  /// The session it was asked in.
  public var session: SessionID
  /// From where.
  public var address: String
  /// What the approver is shown of its effect.
  public var showing: JSONObject
  /// What was fed to it.
  public var input: [UInt8]?

  /// A command that waits.
  public init(
    _ context: CommandContext, parameters: [(name: String, value: String)], showing: JSONObject, input: [UInt8]?
  ) {
    verb = context.verb
    self.parameters = parameters
    purpose = context.purpose
    caseReference = context.caseReference
    language = context.language
    session = context.principal.session
    address = context.principal.address
    self.showing = showing
    self.input = input
  }

  /// The bytes to seal.
  var encoded: [UInt8] {
    var object: JSONObject = [
      "verb": .string(verb),
      "parameters": .array(parameters.map { .array([.string($0.name), .string($0.value)]) }),
      "case": .string(caseReference), "language": .string(language.rawValue), "session": .string(session.description),
      "address": .string(address), "showing": .object(showing),
    ]
    if let purpose { object["purpose"] = .string(purpose.name) }
    if let input { object["input"] = .string(Base64.encode(input)) }
    return JSON.object(object).encoded()
  }

  /// The request of opened bytes; nil for anything that `encoded` would not have written.
  public init?(_ bytes: [UInt8]) {
    guard let json = try? JSON.parse(bytes), let verb = json["verb"]?.string,
      let parameters = json["parameters"]?.array, let session = (json["session"]?.string).flatMap({ SessionID($0) })
    else { return nil }
    self.verb = verb
    self.parameters = []
    for pair in parameters {
      guard let pair = pair.array, pair.count == 2, let name = pair[0].string, let value = pair[1].string else {
        return nil
      }
      self.parameters.append((name, value))
    }
    purpose = (json["purpose"]?.string).flatMap { Purpose(name: $0) }
    caseReference = json["case"]?.string ?? ""
    language = (json["language"]?.string).flatMap { Language(rawValue: $0) } ?? .english
    self.session = session
    address = json["address"]?.string ?? ""
    showing = json["showing"]?.object ?? [:]
    input = (json["input"]?.string).flatMap { Base64.decode($0) }
  }
}
