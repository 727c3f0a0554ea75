import ArgumentParser
import Glibc
import RegisterServer

/// The arguments of `rekisterid`.
struct Rekisterid: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rekisterid", abstract: "The server of a customer register.",
    subcommands: [Dev.self, Serve.self, Migrate.self, Init.self, Check.self, LogContinue.self, Commands.self])
}

/// `rekisterid dev`
struct Dev: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve a demonstration register from one folder, with a PostgreSQL of its own.")

  @Option(help: "The folder of everything; made where it is not there.")
  var data: String
  @Option(help: "The TCP port on 127.0.0.1; 0 for any that is free.")
  var port = 7625
  @Option(help: "Persons of the demonstration register, at the first start.")
  var persons = 5000

  @Option(help: "Distinct persons that an employee is shown a day without a second person; 0 for any number.")
  var dailyPersons = 300
  @Option(help: "How long an approval waits, in seconds.")
  var approvalSeconds = 86_400
  @Option(help: "An import that changes more persons needs an approval.")
  var importApprovalAbove = 10_000
  @Option(help: "Within what time a break-glass must be reviewed, in seconds.")
  var breakGlassReviewSeconds = 259_200
  @Flag(help: "Start also where stored rules do not verify, for policy.accept and nothing else.")
  var reviewRules = false
  @Option(help: "A file on other storage that the log's checkpoints are copied to.")
  var logCopy: [String] = []
  @Option(help: "The address of a witness of the log.")
  var witness: [String] = []
  @Option(help: "The verifier key of each witness.")
  var witnessKey: [String] = []
  @Option(help: "HOST:PORT of a collector of logs (RFC 5424 over TLS) that the log is streamed to.")
  var syslog: [String] = []
  @Option(help: "A PEM file with the authorities of the collectors' certificates.")
  var syslogCa: String?
  @Option(help: "How what is streamed is written: rfc5424, cef or ocsf.")
  var syslogFormat = "rfc5424"

  func run() async throws {
    var options = DevelopmentOptions(data: data, port: port, persons: persons)
    options.logCopies = logCopy
    options.witnesses = witness
    options.witnessKeys = witnessKey
    options.collectors = syslog
    options.collectorAuthorities = syslogCa
    options.collectorFormat = syslogFormat
    options.importApprovalAbove = importApprovalAbove
    options.dailyPersons = dailyPersons
    options.approvalSeconds = approvalSeconds
    options.breakGlassReviewSeconds = breakGlassReviewSeconds
    options.reviewsRules = reviewRules
    throw ExitCode(await ServerProgram.dev(options))
  }
}

/// `rekisterid serve`
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Serve as the settings say.")

  @Option(help: "The file of settings.")
  var config: String

  @Flag(help: "Start also where stored rules do not verify, for policy.accept and nothing else.")
  var reviewRules = false

  func run() async throws {
    throw ExitCode(await ServerProgram.serve(configurationFile: config, reviewsRules: reviewRules))
  }
}

/// `rekisterid migrate`
struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Bring the database's schema up to date.")

  @Option(help: "The file of settings.")
  var config: String

  func run() async throws { throw ExitCode(await ServerProgram.migrate(configurationFile: config)) }
}

/// `rekisterid init`
struct Init: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the shipped policy and the first two administrators into an empty register.")

  @Option(help: "The file of settings.")
  var config: String
  @Flag(help: "Make the master key file and the key store where they are missing.")
  var createKeys = false
  @Option(help: "A file with a line name:password for each administrator, readable by its owner only.")
  var passwordFile: String?

  func run() async throws {
    throw ExitCode(
      await ServerProgram.initialise(
        configurationFile: config, createsKeys: createKeys, passwordFile: passwordFile))
  }
}

/// `rekisterid check`
struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look whether settings, database, keys and log are in order.")

  @Option(help: "The file of settings.")
  var config: String?
  @Option(help: "The folder of `rekisterid dev`.")
  var data: String?

  func validate() throws {
    if (config == nil) == (data == nil) { throw ValidationError("Give either --config or --data.") }
  }

  func run() async throws {
    if let config { throw ExitCode(await ServerProgram.check(configurationFile: config)) }
    if let data { throw ExitCode(await ServerProgram.check(data: data)) }
  }
}

/// `rekisterid log-continue`
struct LogContinue: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log-continue",
    abstract: "Begin a new origin of the access log, where the database was put back to an older state.",
    discussion: """
      What the log held between the older state and the newest checkpoint kept outside is lost. The new origin's first
      entry holds that checkpoint, so that nobody can deny it; auditors and witnesses are to be told, and get the new
      verifier key.
      """)

  @Option(help: "The file of settings.")
  var config: String?
  @Option(help: "The folder of `rekisterid dev`.")
  var data: String?
  @Option(help: "The new origin; the old one with a number where left out.")
  var origin: String?

  func validate() throws {
    if (config == nil) == (data == nil) { throw ValidationError("Give either --config or --data.") }
  }

  func run() async throws {
    if let config { throw ExitCode(await ServerProgram.continueLog(configurationFile: config, origin: origin)) }
    if let data { throw ExitCode(await ServerProgram.continueLog(data: data, origin: origin)) }
  }
}

/// `rekisterid commands`
struct Commands: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print the reference of all commands as Markdown.")

  @Option(help: "The language: en, fi or sv.")
  var lang = "en"

  func run() throws {
    guard let page = ServerProgram.commandPage(language: lang) else {
      throw ValidationError("There is no such language; en, fi and sv are.")
    }
    print(page)
  }
}

/// In an asynchronous function, so that the parser's asynchronous `main` is the one called.
func start() async { await Rekisterid.main() }

ServerProgram.prepare()
await start()
