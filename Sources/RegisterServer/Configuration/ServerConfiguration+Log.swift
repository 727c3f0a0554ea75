import AccessLog
import Custody
import Glibc
import Register

extension ServerConfiguration {
  mutating func readLog(_ reader: inout ConfigurationReader) throws(ServerFault) {
    log.signingKeyFile = Self.folder(of: keys.mirrors[0]) + "log.key"
    guard var inner = try reader.object("log") else { return }
    log.origin = try inner.text("origin")
    let file = try inner.text("signingKeyFile")
    log.signingKeyCredential = try inner.text("signingKeyCredential")
    guard file == nil || log.signingKeyCredential == nil else {
      throw ServerFault("log: either signingKeyFile or signingKeyCredential is possible")
    }
    if let file { log.signingKeyFile = file }
    if log.signingKeyCredential != nil { log.signingKeyFile = nil }
    log.formerKeys = try inner.has("formerKeys") ? inner.texts("formerKeys") : []
    log.continues = try inner.text("continues")
    log.outside.copies = try inner.has("copies") ? inner.texts("copies") : []
    for var one in try inner.objects("witnesses") {
      log.outside.witnesses.append(
        try WitnessSettings(
          url: try one.required("url"), key: try one.required("key"), authorities: try one.text("ca")))
      try one.finish()
    }
    for var one in try inner.objects("syslog") {
      log.syslog.append(try Self.collector(&one))
      try one.finish()
    }
    log.retentionYears = try inner.int("retentionYears", 1...100) ?? 5
    if var thresholds = try inner.object("anomalies") {
      try Self.read(&thresholds, into: &log.anomalies)
      try thresholds.finish()
    }
    let entries = log.syslog.filter { $0.stream != .checkpoints }.map { "\($0.host):\($0.port)" }
    guard Set(entries).count == entries.count else { throw ServerFault("log.syslog: a collector is there twice") }
    try inner.finish()
  }

  private static func read(
    _ reader: inout ConfigurationReader, into settings: inout AnomalySettings
  ) throws(ServerFault) {
    settings.bulkMin = Int64(try reader.int("bulkMin", 1...1_000_000) ?? Int(settings.bulkMin))
    settings.hoursMin = Int64(try reader.int("hoursMin", 1...1_000_000) ?? Int(settings.hoursMin))
    settings.repeatedMin = try reader.int("repeatedMin", 2...1_000_000) ?? settings.repeatedMin
    settings.refusalsMin = Int64(try reader.int("refusalsMin", 1...1_000_000) ?? Int(settings.refusalsMin))
    settings.dormantDays = try reader.int("dormantDays", 1...3650) ?? settings.dormantDays
    settings.walkMin = try reader.int("walkMin", 3...1_000_000) ?? settings.walkMin
    settings.workingStart = try reader.timeOfDay("workingStart") ?? settings.workingStart
    settings.workingEnd = try reader.timeOfDay("workingEnd") ?? settings.workingEnd
    settings.weekendsOff = try reader.bool("weekendsOff") ?? settings.weekendsOff
    settings.utcOffsetMinutes = try reader.int("utcOffsetMinutes", 0...840) ?? settings.utcOffsetMinutes
    settings.keepsSummerTime = try reader.bool("keepsSummerTime") ?? settings.keepsSummerTime
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  private static func collector(_ reader: inout ConfigurationReader) throws(ServerFault) -> SiemSettings {
    var settings = SiemSettings(
      host: try reader.required("host"), port: try reader.int("port", 1...65_535) ?? 6514,
      authorities: try reader.required("ca"), certificate: try reader.text("certificate"), key: try reader.text("key"))
    settings.stream = try reader.word("stream", SiemSettings.Stream.init(rawValue:)) ?? .entries
    settings.format = try reader.word("format", SiemSettings.Format.init(rawValue:)) ?? .rfc5424
    return settings
  }
}

extension ServerConfiguration.Log {
  /// Makes the key of a new log where its file is missing. A log that was signed before refuses a server with another key.
  func makeKey() throws(ServerFault) {
    guard let signingKeyFile, !PrivateFiles.exists(signingKeyFile) else { return }
    let files = LogKeyFiles(key: signingKeyFile)
    try files.create(origin: origin ?? Self.anyOrigin())
    Console.note("made the log's key; auditors and witnesses get \(files.verifierKeys)")
  }

  /// A name for a log that nobody else's has.
  static func anyOrigin() -> String {
    "localhost/rekisteri-" + String(UInt32.random(in: 0x1000_0000...UInt32.max), radix: 16)
  }

  /// Who signs the log, and what is kept of it outside.
  func identity() throws -> LogIdentity {
    if let signingKeyFile { return try LogKeyFiles(key: signingKeyFile).identity(outside) }
    var identity = LogIdentity(signer: try credential())
    identity.witnesses = outside.witnesses.map(\.key)
    let own = identity.verifierKey
    identity.former = try formerKeys.map {
      guard let key = VerifierKey($0) else { throw ServerFault("log.formerKeys: \($0) is no verifier key") }
      return key
    }.filter { $0 != own }
    identity.outside = try outside.copies.compactMap { try CheckpointFile.newest($0) }
    if let continues {
      let note = String(decoding: try PrivateFiles.read(continues, bytesMax: 65_536), as: UTF8.self)
      identity.continued = try Checkpoint(try SignedNote(note).text)
    }
    return identity
  }

  private func credential() throws(ServerFault) -> NoteSigner {
    let name = signingKeyCredential ?? ""
    guard let folder = getenv("CREDENTIALS_DIRECTORY") else {
      throw ServerFault("the credential \(name) is not there: CREDENTIALS_DIRECTORY is not set")
    }
    return try LogKeyFiles.signer(
      PrivateFiles.read(String(cString: folder) + "/" + name, bytesMax: 4096), named: "the credential \(name)")
  }
}
