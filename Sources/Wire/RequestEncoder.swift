public import Model

extension Request {
  /// The line with its line feed, as a client sends it; values are quoted and escaped where they need it.
  ///
  /// Throws `syntax` for a tag, verb or name against the grammar, too many parameters or a NUL in a value, `duplicate`
  /// for a name twice and `toolong` beyond `maximumBytes` (the line feed not counted).
  public func encode(maximumBytes: Int = Limits.lineBytesMax) throws(RequestFault) -> [UInt8] {
    var bytes = Array(tag.utf8)
    bytes.append(0x20)
    switch body {
    case .command(let command):
      try command.append(to: &bytes)
    case .feed(let json):
      bytes.append(0x3E)
      bytes.append(0x20)
      json.write(into: &bytes)
    }
    guard Self.isTag(tag) else { throw RequestFault(code: "syntax") }
    guard bytes.count <= maximumBytes else { throw RequestFault(code: "toolong", tag: tag) }
    bytes.append(0x0A)
    return bytes
  }

  private static func isTag(_ tag: String) -> Bool {
    guard let first = tag.utf8.first, first != 0x2D, first != 0x5F else { return false }
    return tag.utf8.count <= 16 && tag.utf8.allSatisfy(Scalars.isTag)
  }
}

extension Command {
  /// Whether a text is a verb by the grammar.
  public static func isVerb(_ text: some StringProtocol) -> Bool {
    let names = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
    return names.count <= 4 && names.allSatisfy { Parameter.isName($0) }
  }

  fileprivate func append(to bytes: inout [UInt8]) throws(RequestFault) {
    guard Self.isVerb(verb), parameters.count <= Limits.parametersMax else { throw RequestFault(code: "syntax") }
    guard Set(parameters.lazy.map(\.name)).count == parameters.count else { throw RequestFault(code: "duplicate") }
    bytes.append(contentsOf: verb.utf8)
    for parameter in parameters {
      bytes.append(0x20)
      try parameter.append(to: &bytes)
    }
  }
}

extension Parameter {
  /// Whether a text is a name by the grammar.
  public static func isName(_ text: some StringProtocol) -> Bool { isName(text.utf8) }

  fileprivate static func isName(_ bytes: some Collection<UInt8>) -> Bool {
    guard let first = bytes.first, (0x61...0x7A).contains(first) else { return false }
    return bytes.count <= 32 && bytes.allSatisfy(Scalars.isName)
  }

  fileprivate func append(to bytes: inout [UInt8]) throws(RequestFault) {
    guard Self.isName(name.utf8), !value.utf8.contains(0) else { throw RequestFault(code: "syntax") }
    bytes.append(contentsOf: name.utf8)
    if isBare, value == "true" { return }
    bytes.append(0x3D)
    let isAtom = value.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII ? Scalars.isAtom(UInt8(scalar.value)) : Scalars.isSafe(scalar.value)
    }
    if isAtom, !value.isEmpty {
      bytes.append(contentsOf: value.utf8)
    } else {
      Self.quote(value, &bytes)
    }
  }

  private static func quote(_ value: String, _ bytes: inout [UInt8]) {
    bytes.append(0x22)
    for scalar in value.unicodeScalars {
      let number = scalar.value
      switch number {
      case 0x22, 0x5C: bytes.append(contentsOf: [0x5C, UInt8(number)])
      case 0x0A: bytes.append(contentsOf: [0x5C, 0x6E])
      case 0x0D: bytes.append(contentsOf: [0x5C, 0x72])
      case 0x09: bytes.append(contentsOf: [0x5C, 0x74])
      case 0x20...0x7E: bytes.append(UInt8(number))
      case _ where Scalars.isSafe(number): UTF8Scan.append(number, to: &bytes)
      default: bytes.append(contentsOf: "\\u{\(String(number, radix: 16))}".utf8)
      }
    }
    bytes.append(0x22)
  }
}
