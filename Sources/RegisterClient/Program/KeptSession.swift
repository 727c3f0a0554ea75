import Wire

/// A session that `login` keeps: for which server and user, its id, and the secret that resumes it.
struct KeptSession: Sendable, Equatable {
  let server: String
  let user: String
  let token: String
  /// The session's id, for ending it; empty where the server told none.
  var id = ""

  /// The session that a file's text holds, a JSON object; nil for anything else.
  init?(text: String) {
    guard let json = try? JSON.parse(text), let server = json["server"]?.string, let user = json["user"]?.string,
      let token = json["token"]?.string, !token.isEmpty
    else { return nil }
    self.init(server: server, user: user, token: token, id: json["id"]?.string ?? "")
  }

  init(server: String, user: String, token: String, id: String = "") {
    self.server = server
    self.user = user
    self.token = token
    self.id = id
  }

  /// The file's text.
  var text: String {
    JSON.object([
      "server": .string(server), "user": .string(user), "id": .string(id), "token": .string(token),
    ]).description + "\n"
  }

  /// Whether it is for this server and, where one is named, this user.
  func matches(_ endpoint: ServerEndpoint, user: String?) -> Bool {
    server == endpoint.description && (user == nil || user == self.user)
  }

  /// Whether a refusal means that it can never be resumed again; any other may pass.
  static func isOver(_ final: CommandResult) -> Bool { final.code == "auth/failed" || final.code == "auth/expired" }

  /// The session kept in a file. Throws where others could read the file.
  static func load(_ path: String?) throws(ClientError) -> KeptSession? {
    guard let path, let bytes = try LocalFile.read(path, bytesMax: 16_384, isSecret: true) else { return nil }
    return KeptSession(text: String(decoding: bytes, as: UTF8.self))
  }
}
