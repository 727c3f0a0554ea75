import Glibc
import Model
import Wire

/// Opens connections and logs in, with what settings, environment, files and the person give.
struct SessionOpener: Sendable {
  let settings: ClientSettings
  let options: ProgramOptions
  let environment: [String: String]
  let folders: UserFolders
  /// One for all connections of a run, since a code works once.
  let codes: CodeSource

  init(settings: ClientSettings, options: ProgramOptions, environment: [String: String], folders: UserFolders) {
    self.settings = settings
    self.options = options
    self.environment = environment
    self.folders = folders
    codes = CodeSource(environment: environment, secretFile: options.otpSecretFile)
  }

  /// Tries of a person with the password.
  static let triesMax = 3

  /// A connection that is logged in, and as whom.
  struct Opened: Sendable {
    let connection: RegisterConnection
    let user: String
    /// What the server told at log-in.
    let news: LoginNews
  }

  /// Connects, says hello and logs in. Throws `ClientError.refused` where the server does not let the user in.
  ///
  /// `usesKept` allows the kept session's secret.
  func open(usesKept: Bool = true) async throws -> Opened {
    guard let endpoint = settings.endpoint else { throw ClientError.usage(ClientText.noServer) }
    if usesKept, let kept = try KeptSession.load(folders.session), kept.matches(endpoint, user: settings.user) {
      let (opened, final) = try await attempt(endpoint, .token(kept.token), kept.user)
      if let opened { return opened }
      // What may pass, such as a server that is busy, leaves the session as it is.
      guard KeptSession.isOver(final) else { throw ClientError.refused(final) }
      folders.session.map(LocalFile.remove)
      Terminal.say(ProgramText.sessionOver[settings.language])
    }
    if isKnownWithoutPassword(endpoint), !hasPassword {
      let external = try await attempt(endpoint, .external, settings.user ?? "")
      if let opened = external.opened { return opened }
      guard external.final.isOf("auth"), settings.user != nil else { throw ClientError.refused(external.final) }
    }
    return try await openWithPassword(endpoint)
  }

  /// Resumes a kept session; nil where the server does not.
  func resume(_ kept: KeptSession) async throws -> Opened? {
    guard let endpoint = settings.endpoint, kept.matches(endpoint, user: settings.user) else { return nil }
    return try await attempt(endpoint, .token(kept.token), kept.user).opened
  }

  /// Whether the peer's account or a certificate can tell who asks.
  private func isKnownWithoutPassword(_ endpoint: ServerEndpoint) -> Bool {
    if case .unixSocket = endpoint { return true }
    return settings.certificate != nil
  }

  private func openWithPassword(_ endpoint: ServerEndpoint) async throws -> Opened {
    for tries in 1... {
      // Asked for before connecting: the server's clock runs from then.
      let user = try await user()
      let password = try await password()
      let (opened, final) = try await attempt(endpoint, .password(user: user, password: password), user)
      if let opened { return opened }
      // Another run may have used this step's code of the secret's file: the next step's is tried.
      if final.code == "auth/otp", codes.hasSecret, tries == 1 { continue }
      guard final.code == "auth/failed" || final.code == "auth/otp", !hasPassword, tries < Self.triesMax else {
        throw ClientError.refused(final)
      }
      for line in ResultText.lines(final, rows: 0, language: settings.language) { Terminal.say(line) }
    }
    throw ClientError.cancelled
  }

  private func attempt(
    _ endpoint: ServerEndpoint, _ credentials: Credentials, _ user: String
  ) async throws -> (opened: Opened?, final: CommandResult) {
    // Not while the server's clock for logging in runs.
    try await codes.settle()
    let connection = try await RegisterConnection.connect(
      to: endpoint, caFile: settings.caFile, certificate: settings.certificate)
    do {
      try await connection.hello(settings.language)
      let final = try await connection.authenticate(credentials) { try await otp() }
      guard final.status == .ok else {
        connection.close()
        return (nil, final)
      }
      let news = LoginNews(final.object, language: settings.language)
      return (Opened(connection: connection, user: final.object["user"]?.string ?? user, news: news), final)
    } catch {
      connection.close()
      throw error
    }
  }

  // MARK: - What the person or the script gives

  private var hasPassword: Bool { options.passwordFile != nil || environment["REKISTERI_PASSWORD"] != nil }

  private func user() async throws -> String {
    if let user = settings.user { return user }
    return try await ask(ClientText.user, isHidden: false)
  }

  private func password() async throws -> String {
    if let file = options.passwordFile { return try LocalFile.secretLine(file) }
    if let password = environment["REKISTERI_PASSWORD"] { return password }
    return try await ask(ClientText.password, isHidden: true)
  }

  /// The one-time password: from the environment, the secret's file or the person.
  func otp(_ prompt: Text = ClientText.otp) async throws -> String {
    if let code = try await codes.next() { return code }
    return try await ask(prompt, isHidden: true, orSay: ClientText.noCode)
  }

  /// Answers a need in the middle of a command: a one-time password, or what else a person can be asked.
  func answer(_ need: JSON) async throws -> JSON? {
    guard let name = need["need"]?.string, Parameter.isName(name) else { return nil }
    if name == "otp" {
      switch need["for"]?.string {
      case "current": return ["otp": .string(try await otp(ClientText.otpCurrent))]
      // Of a secret that no file has yet.
      case "new":
        return ["otp": .string(try await ask(ClientText.otpNew, isHidden: false, orSay: ClientText.noNewCode))]
      default: return ["otp": .string(try await otp())]
      }
    }
    let prompt = Text(en: "\(name): ", fi: "\(name): ", sv: "\(name): ")
    let said = try await ask(prompt, isHidden: true, orSay: ClientText.unasked(name))
    return .object(JSONObject([(name, .string(said))]))
  }

  /// Says what the server told at log-in, to a person.
  func say(_ news: LoginNews) {
    guard Terminal.isTerminal(STDERR_FILENO) else { return }
    for line in news.said(Paint(isOn: true)) { Terminal.say(line) }
  }

  /// Asks the person. Throws, in the words given, where there is no terminal, or its end was reached.
  func ask(_ prompt: Text, isHidden: Bool, orSay missing: Text = ClientText.noMechanism) async throws -> String {
    let words = prompt[settings.language]
    let said = await Terminal.blocking { Terminal.ask(words, isHidden: isHidden) }
    guard let said else { throw ClientError.authentication(missing) }
    return said
  }
}
