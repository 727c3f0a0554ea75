public import Model

/// Where the server is and who asks, from options, environment and configuration file, in this order.
public struct ClientSettings: Sendable, Equatable {
  /// Where the server listens; nil where nothing says.
  public var endpoint: ServerEndpoint?
  /// The file of the certificate authorities to trust; nil for the system's.
  public var caFile: String?
  /// The user to log in as.
  public var user: String?
  /// The client certificate; nil for none.
  public var certificate: ClientCertificate?
  /// Verifier keys of the access log that are known from outside the server, or `@FILE`s of them; none where the key is
  /// taken from the server at the first log-in and pinned.
  public var logKeys: [String]
  /// Verifier keys of the log's witnesses, or `@FILE`s of them.
  public var witnessKeys: [String]
  /// The language for people.
  public var language: Language

  /// What one source says; everything may be missing.
  public struct Source: Sendable, Equatable {
    /// `HOST:PORT`.
    public var server: String?
    /// The path of a Unix socket.
    public var socket: String?
    /// The file of the certificate authorities.
    public var ca: String?
    /// The user.
    public var user: String?
    /// `fi`, `sv` or `en`.
    public var lang: String?
    /// The file of the client certificate.
    public var certificate: String?
    /// The file of the certificate's key.
    public var certificateKey: String?
    /// Verifier keys of the access log, or `@FILE`s of them.
    public var logKeys: [String] = []
    /// Verifier keys of the log's witnesses, or `@FILE`s of them.
    public var witnessKeys: [String] = []

    /// A source.
    public init(
      server: String? = nil, socket: String? = nil, ca: String? = nil, user: String? = nil, lang: String? = nil,
      certificate: String? = nil, certificateKey: String? = nil
    ) {
      self.server = server
      self.socket = socket
      self.ca = ca
      self.user = user
      self.lang = lang
      self.certificate = certificate
      self.certificateKey = certificateKey
    }
  }

  /// Settings from the sources, the first of which counts most; the language falls back to the locale's, then English.
  ///
  /// A source that names a server or a socket settles both.
  /// - Throws: `ClientError.usage` for a server or language that is written wrongly, or a certificate without its key.
  public init(_ sources: [Source], environment: [String: String]) throws(ClientError) {
    if let chosen = sources.first(where: { $0.server != nil || $0.socket != nil }) {
      if let socket = chosen.socket {
        endpoint = .unixSocket(path: socket)
      } else if let server = chosen.server {
        endpoint = try ServerEndpoint(server)
      }
    }
    caFile = sources.lazy.compactMap(\.ca).first
    user = sources.lazy.compactMap(\.user).first
    logKeys = sources.lazy.map(\.logKeys).first { !$0.isEmpty } ?? []
    witnessKeys = sources.lazy.map(\.witnessKeys).first { !$0.isEmpty } ?? []
    let certificateFile = sources.lazy.compactMap(\.certificate).first
    let keyFile = sources.lazy.compactMap(\.certificateKey).first
    switch (certificateFile, keyFile) {
    case (let file?, let key?): certificate = ClientCertificate(certificateFile: file, keyFile: key)
    case (nil, nil): certificate = nil
    default: throw .usage(ClientText.halfCertificate)
    }
    if let named = sources.lazy.compactMap(\.lang).first {
      guard let known = Language(rawValue: named) else { throw .usage(ClientText.badLanguage) }
      language = known
    } else {
      language = Self.localeLanguage(environment)
    }
  }

  /// The language of the locale: what `LC_ALL`, `LC_MESSAGES` or `LANG` begins with; English for others.
  public static func localeLanguage(_ environment: [String: String]) -> Language {
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
      if let value = environment[name], !value.isEmpty {
        return Language.allCases.first { value.hasPrefix($0.rawValue + "_") || value == $0.rawValue } ?? .english
      }
    }
    return .english
  }
}

extension ClientSettings.Source {
  /// What the environment says: `REKISTERI_SERVER`, `_SOCKET`, `_CA`, `_USER`, `_LANG`, `_CERTIFICATE`,
  /// `_CERTIFICATE_KEY`, `_LOG_KEY`, `_WITNESS_KEY`; empty values say nothing.
  public init(environment: [String: String]) {
    func value(_ name: String) -> String? {
      environment["REKISTERI_" + name].flatMap { $0.isEmpty ? nil : $0 }
    }
    self.init(
      server: value("SERVER"), socket: value("SOCKET"), ca: value("CA"), user: value("USER"), lang: value("LANG"),
      certificate: value("CERTIFICATE"), certificateKey: value("CERTIFICATE_KEY"))
    logKeys = Self.words(value("LOG_KEY") ?? "")
    witnessKeys = Self.words(value("WITNESS_KEY") ?? "")
  }

  /// What a configuration file says: lines `key = value` with the keys server, socket, ca, user, lang, certificate,
  /// certificate-key, log-key, witness-key; `#` begins a comment line. Several keys of the log or of witnesses
  /// have spaces between them, or a line each.
  ///
  /// - Throws: `ClientError.usage` for a line that is none of these, with its number.
  public init(configuration text: String) throws(ClientError) {
    self.init()
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let trimmed = Self.trim(line)
      if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
      let halves = trimmed.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2, set(Self.trim(halves[0]), Self.trim(halves[1])) else {
        throw .usage(
          Text(
            en: "Line \(number + 1) of the configuration file is not understood.",
            fi: "Asetustiedoston riviä \(number + 1) ei ymmärretä.",
            sv: "Rad \(number + 1) i inställningsfilen kan inte förstås."))
      }
    }
  }

  /// The text of a configuration file that says this.
  public var configuration: String {
    let pairs =
      [("server", server), ("socket", socket), ("ca", ca), ("user", user), ("lang", lang)]
      + [("certificate", certificate), ("certificate-key", certificateKey)]
      + logKeys.map { ("log-key", $0) } + witnessKeys.map { ("witness-key", $0) }
    return pairs.compactMap { key, value in value.map { "\(key) = \($0)\n" } }.joined()
  }

  private mutating func set(_ key: String, _ value: String) -> Bool {
    guard !value.isEmpty else { return false }
    switch key {
    case "server": server = value
    case "socket": socket = value
    case "ca": ca = value
    case "user": user = value
    case "lang": lang = value
    case "certificate": certificate = value
    case "certificate-key": certificateKey = value
    case "log-key": logKeys += Self.words(value)
    case "witness-key": witnessKeys += Self.words(value)
    default: return false
    }
    return true
  }

  private static func words(_ text: String) -> [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }

  private static func trim(_ text: some StringProtocol) -> String {
    var scalars = text.unicodeScalars[...]
    while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return String(String.UnicodeScalarView(scalars))
  }
}
