import Model

/// The program's arguments.
public struct ProgramOptions: Sendable {
  /// What the options say about server, user and language.
  public var source = ClientSettings.Source()
  /// How rows are written; nil where more than one form was asked for.
  public var form: OutputForm? = .table
  /// The file that takes the output.
  public var outFile: String?
  /// A file whose first line is the password.
  public var passwordFile: String?
  /// A file with the one-time password's secret in base32.
  public var otpSecretFile: String?
  /// For `verify`: verifier keys, or `@FILE`s of them.
  public var keys: [String] = []
  /// For `verify`: the file of the entry that a proof is of.
  public var entryFile: String?
  /// For `verify`: whether entry bundles may be missing.
  public var allowsMissingEntries = false
  /// For `log report`: its beginning, as typed.
  public var since: String?
  /// For `log report`: its end, as typed.
  public var until: String?
  /// Whether a log of another origin than the one seen before is taken without asking.
  public var acceptsLog = false
  /// Whether help was asked for.
  public var isHelp = false
  /// The verb and its parameters; none for the prompt.
  public var words: [String] = []

  /// Options that say nothing.
  public init() {}

  /// Whether the words are `log report`.
  var isReport: Bool { words.starts(with: ["log", "report"]) }

  /// Throws where an option is given that only another command takes.
  func checkPlaces() throws(ClientError) {
    let verifying =
      [("--key", !keys.isEmpty), ("--entry", entryFile != nil)]
      + [("--allow-missing-entries", allowsMissingEntries)]
    let reporting = [("--since", since != nil), ("--until", until != nil)]
    let misplaced = (words.first == "verify" ? [] : verifying) + (isReport ? [] : reporting)
    guard let (name, _) = misplaced.first(where: { $0.1 }) else { return }
    let words = VerifyText.misplaced
    throw .usage(Text(en: "\(name) \(words.en).", fi: "\(name) \(words.fi).", sv: "\(name) \(words.sv)."))
  }
}
