import Glibc
import Model
import Wire

/// `rekisteri login`: asks who and where, and keeps a session where the server gives its secret.
struct Login {
  let options: ProgramOptions
  let environment: [String: String]
  let folders: UserFolders
  var settings: ClientSettings

  /// Logs in and saves. Returns the exit code.
  mutating func run() async throws -> Int32 {
    try await complete()
    let opener = opener
    let opened = try await opener.open(usesKept: false)
    opener.say(opened.news)
    let log = try await opener.checkLog(opened)
    let token = try await Self.token(opened.connection, opener)
    try saveChoice(opened.user)
    if let (id, token) = token, let endpoint = settings.endpoint, let path = folders.session {
      let kept = KeptSession(server: endpoint.description, user: opened.user, token: token, id: id)
      try LocalFile.write(kept.text, to: path)
      Terminal.say(ProgramText.sessionSaved[settings.language])
      // Without quit: that would end the session that is kept.
      opened.connection.close()
    } else {
      Terminal.say(ProgramText.choiceSaved[settings.language])
      await opened.connection.quit()
    }
    return log.isAlarm ? ExitCode.log : ExitCode.done
  }

  private var opener: SessionOpener {
    SessionOpener(settings: settings, options: options, environment: environment, folders: folders)
  }

  /// Asks for the server and its authority where no settings name them.
  private mutating func complete() async throws {
    guard settings.endpoint == nil else { return }
    let opener = opener
    settings.endpoint = try ServerEndpoint(try await opener.ask(ClientText.server, isHidden: false))
    if settings.caFile == nil, case .tcp = settings.endpoint {
      let file = try await opener.ask(ClientText.caFile, isHidden: false)
      settings.caFile = file.isEmpty ? nil : file
    }
  }

  /// The id and the secret of a session; nil where the server has no such verb. Throws another refusal.
  private static func token(_ connection: RegisterConnection, _ opener: SessionOpener) async throws -> (
    id: String, token: String
  )? {
    let running = try connection.run(Command(verb: "session.token"), answer: { try await opener.answer($0) })
    let (rows, final) = try await running.collect()
    if final.status == .ok {
      guard let row = rows.first?.value, let token = row["token"]?.string else { return nil }
      return (row["id"]?.string ?? "", token)
    }
    if final.isOf("unknown") || final.isOf("denied") || final.isOf("notfound") { return nil }
    throw ClientError.refused(final)
  }

  private func saveChoice(_ user: String) throws(ClientError) {
    guard let path = folders.configuration, let endpoint = settings.endpoint else { return }
    let old = try ProgramRun.configuration(path)
    let authorities = settings.caFile.map(LocalFile.absolute)
    var new = ClientSettings.Source(
      ca: authorities, user: user.isEmpty ? nil : user, lang: old.lang,
      certificate: settings.certificate.map { LocalFile.absolute($0.certificateFile) },
      certificateKey: settings.certificate.map { LocalFile.absolute($0.keyFile) })
    new.logKeys = old.logKeys
    new.witnessKeys = old.witnessKeys
    if case .unixSocket(let path) = endpoint { new.socket = path } else { new.server = endpoint.description }
    // A file that says the same is left alone, comments and all.
    if new != old { try LocalFile.write(new.configuration, to: path) }
  }
}
