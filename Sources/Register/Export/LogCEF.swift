import AccessLog
import Model

/// Entries of the log in ArcSight's Common Event Format, version 0: seven fields with bars between, then names and values.
///
/// In the fields `\` and `|` are escaped, in the values `\` and `=`, and line ends as `\n` and `\r` (CEF Implementation
/// Standard, "Character Encoding").
enum LogCEF {
  static func line(_ logged: LoggedEntry) -> String {
    let entry = logged.entry
    let name = Catalogue.find(entry.verb)?.spec.summary.en ?? entry.verb
    var line = header(signature: entry.verb, name: name, severity: severity(entry.outcome))
    let fields = (entry.fields.members.map(\.name)).joined(separator: " ")
    let pairs: [(String, String)] =
      [
        ("rt", String(entry.at.microseconds / 1000)), ("externalId", String(logged.index)),
        ("suid", entry.user?.description ?? ""), ("act", entry.verb), ("outcome", entry.outcome.name),
        ("reason", entry.code),
      ] + source(entry.address)
      + custom(
        "cs",
        [
          ("purpose", entry.purpose?.name ?? ""), ("case", entry.caseReference), ("role", entry.role?.name ?? ""),
          ("person", entry.person?.description ?? ""), ("fields", fields), ("rid", entry.request.description),
        ])
      + custom("cn", [("rows", String(entry.rows)), ("epoch", String(entry.epoch))])
      + custom(
        "flexString",
        [
          ("session", entry.session?.description ?? ""), ("subject", entry.subject?.description ?? ""),
        ])
    append(pairs, to: &line)
    return line
  }

  /// A signed checkpoint.
  static func checkpoint(size: Int64, note: String, at instant: Instant) -> String {
    var line = header(signature: "checkpoint", name: "A signed checkpoint of the access log.", severity: 1)
    append(
      [
        ("rt", String(instant.microseconds / 1000)), ("externalId", String(size)), ("act", "checkpoint"), ("msg", note),
      ],
      to: &line)
    return line
  }

  /// 0 to 10: 3 for what went well, 4 for what failed, 6 for what was refused, 8 for reads by break-glass.
  static func severity(_ outcome: Outcome) -> Int {
    switch outcome {
    case .ok: 3
    case .failed: 4
    case .denied: 6
    case .breakGlass: 8
    }
  }

  private static func header(signature: String, name: String, severity: Int) -> String {
    let fields = [Product.vendor, Product.name, Product.version, signature, name, String(severity)]
    return "CEF:0|" + fields.map(field).joined(separator: "|") + "|"
  }

  /// The dictionary's `src` is an IPv4 address; an IPv6 address has a custom field, anything else is a host.
  private static func source(_ address: String) -> [(String, String)] {
    switch LogTextRules.kind(of: address) {
    case .v4: [("src", address)]
    case .v6: [("c6a2", address), ("c6a2Label", "Source IPv6 Address")]
    case .other: [("shost", address)]
    }
  }

  /// Numbered custom fields, each with its label; none for an absent value.
  private static func custom(_ name: String, _ values: [(label: String, value: String)]) -> [(String, String)] {
    values.enumerated().flatMap { place, pair -> [(String, String)] in
      guard !pair.value.isEmpty else { return [] }
      return [("\(name)\(place + 1)", pair.value), ("\(name)\(place + 1)Label", pair.label)]
    }
  }

  private static func append(_ pairs: [(String, String)], to line: inout String) {
    var separator = ""
    for (name, text) in pairs where !text.isEmpty {
      line += separator + name + "=" + value(text)
      separator = " "
    }
  }

  /// A field before the extension; it has one line only.
  static func field(_ text: String) -> String { escaped(LogTextRules.plain(text), "|") }

  /// A value of the extension; its line ends become `\n` and `\r`.
  static func value(_ text: String) -> String {
    var result = ""
    var rest = text.unicodeScalars[...]
    while let end = rest.firstIndex(where: { $0 == "\n" || $0 == "\r" }) {
      result += escaped(LogTextRules.plain(String(rest[..<end])), "=") + (rest[end] == "\n" ? "\\n" : "\\r")
      rest = rest[rest.index(after: end)...]
    }
    return result + escaped(LogTextRules.plain(String(rest)), "=")
  }

  private static func escaped(_ text: String, _ special: Unicode.Scalar) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\\" || scalar == special { result.append("\\") }
      result.append(scalar)
    }
    return String(result)
  }
}
