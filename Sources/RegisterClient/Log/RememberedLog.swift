import AccessLog
import Crypto
import Model
import Wire

/// The checkpoint of a server's access log that a user's client saw last, and the key that it trusts.
struct RememberedLog: Sendable, Equatable {
  let server: String
  /// Who saw it.
  let user: String
  let key: VerifierKey
  /// The signed note, as the server sent it.
  let note: String
  let checkpoint: Checkpoint
  /// When it was seen, RFC 3339.
  let at: String

  init(server: String, user: String, key: VerifierKey, note: String, checkpoint: Checkpoint, at: Instant = .now()) {
    self.server = server
    self.user = user
    self.key = key
    self.note = note
    self.checkpoint = checkpoint
    self.at = at.description
  }

  /// Reads a file's text; nil for anything else, also where the key did not sign the checkpoint.
  init?(text: String) {
    guard let json = try? JSON.parse(text), let server = json["server"]?.string, let user = json["user"]?.string,
      let key = json["key"]?.string.flatMap({ VerifierKey($0) }), let note = json["note"]?.string,
      let at = json["at"]?.string, let opened = try? Checkpoint.opened(note, keys: [key])
    else { return nil }
    self.server = server
    self.user = user
    self.key = key
    self.note = note
    self.at = at
    checkpoint = opened.checkpoint
  }

  /// The file's text: a JSON object on a line.
  var text: String {
    JSON.object([
      "server": .string(server), "user": .string(user), "origin": .string(checkpoint.origin),
      "size": .int(checkpoint.size), "key": .string(key.description), "note": .string(note), "at": .string(at),
    ]).description + "\n"
  }
}

/// Where what is remembered of one server's log is kept: a file for what was seen last, one for the logs before it, and
/// the checkpoints of alarms.
struct LogMemory: Sendable {
  private static let fileBytesMax = 1 << 20

  let folder: String
  let server: String

  /// The name that the server's files begin with.
  private var name: String {
    let plain = server.unicodeScalars.map { scalar -> Character in
      let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
      return isPlain || scalar == "-" ? Character(scalar) : "_"
    }
    return String(plain.suffix(60)) + "-" + Hex.encode(SHA256.hash(data: Array(server.utf8)).prefix(4))
  }

  var path: String { "\(folder)/\(name).json" }
  var historyPath: String { "\(folder)/\(name).history" }

  /// What was seen last; nil where nothing was. Throws where the file is not what this client wrote.
  func load() throws(ClientError) -> RememberedLog? {
    guard let bytes = try LocalFile.read(path, bytesMax: Self.fileBytesMax, isSecret: true) else { return nil }
    guard let found = RememberedLog(text: String(decoding: bytes, as: UTF8.self)), found.server == server else {
      throw .log(LogText.damaged(path))
    }
    return found
  }

  /// Keeps what was seen, unless another run has meanwhile seen more of the same log.
  func save(_ new: RememberedLog) throws(ClientError) {
    if let now = try? load(), now.key == new.key, now.checkpoint.origin == new.checkpoint.origin,
      now.checkpoint.size > new.checkpoint.size
    {
      return
    }
    try LocalFile.write(new.text, to: path)
  }

  /// Keeps another log from now on, and the one before in the history.
  func replace(_ old: RememberedLog, with new: RememberedLog) throws(ClientError) {
    try LocalFile.append(old.text, to: historyPath)
    try LocalFile.write(new.text, to: path)
  }

  /// Saves what does not fit together side by side, in files that were not there before; gives their paths.
  func saveAlarm(remembered: String?, shown: String?, answer: String?) throws(ClientError) -> [String] {
    let stamp = Instant.now().description.prefix(19).filter { $0 != "-" && $0 != ":" }
    let parts = [("remembered.checkpoint", remembered), ("shown.checkpoint", shown), ("answer.json", answer)]
      .compactMap { part in part.1.map { (part.0, $0) } }
    guard let first = parts.first else { return [] }
    for number in 1...1000 {
      let stem = "\(folder)/\(name)-\(stamp)Z" + (number == 1 ? "" : "-\(number)")
      // The first file claims the name for all.
      guard try LocalFile.create(first.1, at: "\(stem)-\(first.0)") else { continue }
      for part in parts.dropFirst() {
        guard try LocalFile.create(part.1, at: "\(stem)-\(part.0)") else {
          throw .file(path: "\(stem)-\(part.0)", reason: "exists")
        }
      }
      return parts.map { "\(stem)-\($0.0)" }
    }
    throw .file(path: folder, reason: "too many files")
  }
}
