import AccessLog
import Model
import Wire

/// What `verify` found, for people and for programs.
struct VerifyReport: Sendable {
  /// What was verified.
  enum Kind: String, Sendable {
    case tiles
    case proof
    case checkpoint
    case checkpoints
    case consistency
    case export
  }

  /// Something that is not as it should be.
  struct Problem: Sendable {
    /// In English, for programs.
    let reason: String
    let words: Text
  }

  let kind: Kind
  /// The signed checkpoint that everything was compared with.
  var checkpoint: Checkpoint?
  var signers: [VerifierKey] = []
  /// What was seen to be right, or is to be known.
  var facts: [Text] = []
  var problems: [Problem] = []
  /// The lowest index that is not proved to be the signed one.
  var firstBad: Int64?
  /// Further members of the JSON object.
  var members: JSONObject = [:]

  init(_ kind: Kind) { self.kind = kind }

  /// Whether nothing is wrong, but what was asked could not be looked at.
  var isIncomplete = false

  var isGood: Bool { problems.isEmpty && !isIncomplete }
  var exitCode: Int32 { isGood ? ExitCode.done : isIncomplete && problems.isEmpty ? ExitCode.usage : ExitCode.refused }

  /// Adds a problem in the verifiers' words.
  mutating func add(_ reason: String) {
    problems.append(
      Problem(
        reason: reason,
        words: Text(
          en: FaultWords.of(reason, .english), fi: FaultWords.of(reason, .finnish), sv: FaultWords.of(reason, .swedish))
      ))
  }

  /// Adds a problem in words of its own.
  mutating func add(_ words: Text) { problems.append(Problem(reason: words.en, words: words)) }

  /// The lines for people, safe for a terminal; the first says how it came out.
  func lines(_ language: Language, _ paint: Paint) -> [String] {
    let title = VerifyText.title(kind)[language]
    var lines = [
      isGood
        ? paint("\(VerifyText.good[language]): \(title)", .good)
        : paint("\((problems.isEmpty ? VerifyText.notChecked : VerifyText.bad)[language]): \(title)", .alarm)
    ]
    if let firstBad { lines.append(paint(VerifyText.firstBad.filled(language, String(firstBad)), .alarm)) }
    lines += problems.map { "  \(ValueText.oneLine($0.words[language]))" }
    if let checkpoint {
      lines.append(
        ValueText.oneLine(VerifyText.checkpoint.filled(language, checkpoint.origin, String(checkpoint.size))))
      lines.append("  \(VerifyText.root[language]) \(checkpoint.root.base64)")
    }
    for key in signers {
      lines.append(
        ValueText.oneLine(
          "  \(VerifyText.signed[language]) \(key.name), \(LogText.fingerprint[language]) \(key.fingerprint)"))
    }
    return lines + facts.map { ValueText.oneLine($0[language]) }
  }

  /// The object for programs.
  var json: JSON {
    var object: JSONObject = ["kind": .string(kind.rawValue), "good": .bool(isGood)]
    if let checkpoint {
      object["origin"] = .string(checkpoint.origin)
      object["size"] = .int(checkpoint.size)
      object["root"] = .string(checkpoint.root.base64)
    }
    object["signers"] = .array(signers.map { .string($0.description) })
    object["first-bad"] = firstBad.map { .int($0) } ?? .null
    object["problems"] = .array(problems.map { .string($0.reason) })
    for member in members { object[member.key] = member.value }
    return .object(object)
  }
}
