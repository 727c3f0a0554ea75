import ArgumentParser
import Glibc
import RegisterClient

/// The arguments of `rekisteri`; its help is in the user's language, so the parser's own is off.
struct Arguments: ParsableArguments {
  @Option var server: String?
  @Option var socket: String?
  @Option var ca: String?
  @Option var user: String?
  @Option var lang: String?
  @Flag var json = false
  @Flag var csv = false
  @Option var out: String?
  @Option var passwordFile: String?
  @Option var otpSecretFile: String?
  @Option var certificate: String?
  @Option var certificateKey: String?
  @Option(parsing: .singleValue) var logKey: [String] = []
  @Option(parsing: .singleValue) var witnessKey: [String] = []
  @Flag var acceptLog = false
  @Option(parsing: .singleValue) var key: [String] = []
  @Option var entry: String?
  @Flag var allowMissingEntries = false
  @Option var since: String?
  @Option var until: String?
  @Flag(name: [.short, .long]) var help = false
  @Argument var words: [String] = []

  var options: ProgramOptions {
    var options = ProgramOptions()
    options.source = ClientSettings.Source(
      server: server, socket: socket, ca: ca, user: user, lang: lang,
      certificate: certificate, certificateKey: certificateKey)
    options.source.logKeys = logKey
    options.source.witnessKeys = witnessKey
    options.acceptsLog = acceptLog
    options.keys = key
    options.entryFile = entry
    options.allowsMissingEntries = allowMissingEntries
    options.since = since
    options.until = until
    options.form = json && csv ? nil : json ? .json : csv ? .csv : .table
    options.outFile = out
    options.passwordFile = passwordFile
    options.otpSecretFile = otpSecretFile
    options.isHelp = help
    options.words = words
    return options
  }
}

let arguments: Arguments
do {
  arguments = try Arguments.parse()
} catch {
  exit(ProgramRun.wrongArguments(Arguments.message(for: error)))
}
ProgramRun.start(arguments.options)
