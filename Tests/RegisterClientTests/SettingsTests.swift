import Glibc
import Model
import Testing
import Wire

@testable import RegisterClient

struct SettingsTests {
  @Test func optionsCountMoreThanEnvironmentAndFile() throws {
    let file = try ClientSettings.Source(
      configuration: "# own\nserver = file.example:1\nca = /file.pem\nuser=filu\n\n  lang = sv \n")
    let environment = ["REKISTERI_SERVER": "env.example:2", "REKISTERI_USER": "envi", "REKISTERI_CA": ""]
    let settings = try ClientSettings(
      [ClientSettings.Source(user: "opti"), ClientSettings.Source(environment: environment), file],
      environment: ["LANG": "fi_FI.UTF-8"])
    #expect(settings.endpoint == .tcp(host: "env.example", port: 2))
    #expect(settings.caFile == "/file.pem")
    #expect(settings.user == "opti")
    #expect(settings.language == .swedish)
  }

  @Test func aSocketInAnEarlierSourceHidesALaterServer() throws {
    let settings = try ClientSettings(
      [ClientSettings.Source(socket: "/run/r"), ClientSettings.Source(server: "h")], environment: [:])
    #expect(settings.endpoint == .unixSocket(path: "/run/r"))
    #expect(settings.language == .english)
  }

  @Test(arguments: [
    (["LANG": "fi_FI.UTF-8"], Language.finnish), (["LC_ALL": "sv", "LANG": "fi"], .swedish), (["LANG": "C"], .english),
    (["LC_ALL": "", "LANG": "fi_FI"], .finnish), (["LANG": "fil_PH"], .english),
  ])
  func theLocaleGivesTheLanguage(_ environment: [String: String], _ language: Language) {
    #expect(ClientSettings.localeLanguage(environment) == language)
  }

  @Test(arguments: ["server", "server =", "color = red", "= x", "server x"])
  func linesThatAreNoSettingAreRefused(_ line: String) {
    #expect(throws: ClientError.self) { try ClientSettings.Source(configuration: "user = a\n" + line) }
  }

  @Test func anUnknownLanguageIsRefused() {
    #expect(throws: ClientError.usage(ClientText.badLanguage)) {
      try ClientSettings([ClientSettings.Source(lang: "de")], environment: [:])
    }
  }

  @Test func aCertificateNeedsItsKey() throws {
    let environment = ["REKISTERI_CERTIFICATE": "/c.pem"]
    #expect(throws: ClientError.usage(ClientText.halfCertificate)) {
      try ClientSettings([ClientSettings.Source(environment: environment)], environment: [:])
    }
    let file = try ClientSettings.Source(configuration: "certificate = /own.pem\ncertificate-key = /k.pem\n")
    let settings = try ClientSettings([ClientSettings.Source(environment: environment), file], environment: [:])
    #expect(settings.certificate == ClientCertificate(certificateFile: "/c.pem", keyFile: "/k.pem"))
    #expect(try ClientSettings.Source(configuration: file.configuration) == file)
  }

  @Test func aCertificatesKeyIsItsOwnersOnly() throws {
    let key = "/tmp/rekisteri-key-\(getpid())"
    let certificate = "/tmp/rekisteri-certificate-\(getpid())"
    defer {
      unlink(key)
      unlink(certificate)
    }
    let files = ClientCertificate(certificateFile: certificate, keyFile: key)
    let endpoint = try ServerEndpoint("localhost")
    func refusal() -> ClientError? {
      do {
        _ = try TransportSecurity(endpoint, caFile: nil, certificate: files)
        return nil
      } catch {
        return error
      }
    }
    try LocalFile.write("no certificate", to: certificate)
    #expect(refusal() == LocalFile.missing(key))
    try LocalFile.write("no key", to: key)
    try LocalFile.write("no certificate", to: certificate)
    guard case .file(certificate, _) = refusal() else {
      Issue.record("a file that is no certificate was taken")
      return
    }
    chmod(key, 0o640)
    guard case .usage = refusal() else {
      Issue.record("a key that others can read was taken")
      return
    }
  }

  @Test func aConfigurationReadsBackAsWritten() throws {
    let source = ClientSettings.Source(server: "h:1", ca: "/a b.pem", user: "maija", lang: "fi")
    #expect(try ClientSettings.Source(configuration: source.configuration) == source)
  }

  @Test func keysOfTheLogComeFromTheFirstSourceThatHasSome() throws {
    let file = try ClientSettings.Source(configuration: "log-key = a b\nwitness-key = c\nwitness-key = @/d\n")
    #expect(file.logKeys == ["a", "b"] && file.witnessKeys == ["c", "@/d"])
    #expect(try ClientSettings.Source(configuration: file.configuration) == file)
    let environment = ClientSettings.Source(environment: ["REKISTERI_LOG_KEY": "e"])
    let settings = try ClientSettings([ClientSettings.Source(), environment, file], environment: [:])
    #expect(settings.logKeys == ["e"] && settings.witnessKeys == ["c", "@/d"])
  }

  @Test(arguments: [
    ("host", ServerEndpoint.tcp(host: "host", port: 7625)), ("host:80", .tcp(host: "host", port: 80)),
    ("[::1]:99", .tcp(host: "::1", port: 99)), ("[::1]", .tcp(host: "::1", port: 7625)),
    ("/run/x", .unixSocket(path: "/run/x")),
  ])
  func serversAreWrittenAsHostAndPort(_ text: String, _ endpoint: ServerEndpoint) throws {
    #expect(try ServerEndpoint(text) == endpoint)
    #expect(try ServerEndpoint(endpoint.description) == endpoint)
  }

  @Test(arguments: ["", ":1", "h:", "h:0", "h:65536", "h:x", "::1", "[::1]x", "a b", "h\u{202E}"])
  func otherServersAreRefused(_ text: String) {
    #expect(throws: ClientError.self) { try ServerEndpoint(text) }
  }

  /// RFC 6238 appendix B, its last six digits.
  @Test func oneTimePasswordsFollowTheSpecification() throws {
    let secret = try #require(OneTimeSecret(base32: "gezd gnbv-GY3T QOJQ GEZD GNBV GY3T QOJQ\n"))
    #expect(secret.code(at: 59) == "287082")
    #expect(secret.code(at: 1_111_111_109) == "081804")
    #expect(OneTimeSecret(base32: "") == nil)
    #expect(OneTimeSecret(base32: "0189") == nil)
  }

  @Test func aKeptSessionIsForItsServerAndUser() throws {
    let kept = KeptSession(server: "h:1", user: "maija", token: "s\"x")
    #expect(KeptSession(text: kept.text) == kept)
    #expect(kept.matches(.tcp(host: "h", port: 1), user: nil))
    #expect(kept.matches(.tcp(host: "h", port: 1), user: "maija"))
    #expect(!kept.matches(.tcp(host: "h", port: 1), user: "ville"))
    #expect(!kept.matches(.tcp(host: "h", port: 2), user: nil))
    #expect(KeptSession(text: "{}") == nil)
  }

  @Test func foldersFollowTheirVariables() {
    let own = UserFolders(environment: ["HOME": "/h", "XDG_STATE_HOME": "/s", "XDG_CONFIG_HOME": "relative"])
    #expect(own.configuration == "/h/.config/rekisteri/config")
    #expect(own.session == "/s/rekisteri/session")
    #expect(UserFolders(environment: [:]).session == nil)
  }

  @Test(arguments: [
    (CommandResult.Status.ok, "done", Int32(0)), (.ok, "done/partial", 0), (.ok, "done/warning", 0),
    (.ok, "pending/approval", 0), (.no, "denied/role", 1), (.no, "auth/failed", 4), (.no, "auth/new-word", 4),
    (.no, "authority", 1), (.no, "cancelled", 130), (.no, "internal", 1), (.bad, "syntax", 2),
    (.bad, "unknown/verb", 2), (.no, "something/new", 1),
  ])
  func finalLinesHaveExitCodes(_ status: CommandResult.Status, _ code: String, _ exit: Int32) {
    #expect(ExitCode.of(CommandResult(status: status, code: code, object: [:])) == exit)
  }

  @Test func failuresHaveExitCodes() {
    #expect(ExitCode.of(ClientError.usage(ClientText.noServer)) == 2)
    #expect(ExitCode.of(ClientError.connection("x")) == 3)
    #expect(ExitCode.of(ClientError.closed) == 3)
    #expect(ExitCode.of(ClientError.authentication(ClientText.notTheServer)) == 4)
    #expect(ExitCode.of(CancellationError()) == 130)
    let refused = CommandResult(status: .no, code: "auth/locked", object: [:])
    #expect(ExitCode.of(ClientError.refused(refused)) == 4)
  }
}
