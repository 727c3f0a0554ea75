public import Model

/// Reads lines of the client, exactly by the grammar of PROTOCOL.md section 1.
public enum RequestParser {
  /// The request that a line holds; `line` is without its end.
  ///
  /// Linear in the line's length. A line longer than `maximumBytes` is refused with `toolong`.
  public static func parse(
    _ line: [UInt8], maximumBytes: Int = Limits.lineBytesMax
  ) throws(RequestFault) -> Request {
    try line.withUnsafeBufferPointer { bytes throws(RequestFault) in
      var scanner = RequestScanner(bytes: bytes)
      if bytes.count > maximumBytes { throw RequestFault(code: "toolong", tag: try? scanner.tag()) }
      return try scanner.request()
    }
  }

  /// The tag of a line of which no more than the beginning can be read, and whether it is a feed; nil where it has none.
  public static func tag(ofBeginning line: [UInt8]) -> (tag: String, isFeed: Bool)? {
    line.withUnsafeBufferPointer { bytes in
      var scanner = RequestScanner(bytes: bytes)
      guard let tag = try? scanner.tag(), bytes.count > tag.utf8.count else { return nil }
      return (tag, bytes.dropFirst(tag.utf8.count + 1).first == 0x3E)
    }
  }
}

/// The productions of the grammar over one line's bytes.
struct RequestScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  private var index = 0
  private var currentTag: String?

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// `tag SP ( command / feed )`
  mutating func request() throws(RequestFault) -> Request {
    let tag = try tag()
    guard index < bytes.count, bytes[index] == 0x20 else { throw fault() }
    currentTag = tag
    index += 1
    if index < bytes.count, bytes[index] == 0x3E { return Request(tag: tag, body: .feed(try feed())) }
    return Request(tag: tag, body: .command(try command()))
  }

  /// `( DIGIT / ALPHA ) *15( ALPHA / DIGIT / "-" / "_" )`, followed by a space or the end.
  mutating func tag() throws(RequestFault) -> String {
    guard let first = bytes.first, Scalars.isTag(first), first != 0x2D, first != 0x5F else { throw fault() }
    while index < bytes.count, Scalars.isTag(bytes[index]) { index += 1 }
    guard index <= Limits.tagCharactersMax, index == bytes.count || bytes[index] == 0x20 else { throw fault() }
    let tag = String(bytes, 0..<index)
    currentTag = tag
    return tag
  }

  /// `">" SP json`
  private mutating func feed() throws(RequestFault) -> JSON {
    guard index + 1 < bytes.count, bytes[index + 1] == 0x20 else { throw fault(isFeed: true) }
    do {
      return try JSON.parse(UnsafeBufferPointer(rebasing: bytes[(index + 2)...]))
    } catch {
      throw fault(error == .encoding ? "encoding" : "syntax", isFeed: true)
    }
  }

  /// `verb *63( SP param )`
  private mutating func command() throws(RequestFault) -> Command {
    var command = Command(verb: try verb())
    while index < bytes.count {
      guard bytes[index] == 0x20, command.parameters.count < Limits.parametersMax else { throw fault() }
      index += 1
      let parameter = try parameter()
      for earlier in command.parameters where earlier.name == parameter.name { throw fault("duplicate") }
      command.parameters.append(parameter)
    }
    return command
  }

  /// `name *3( "." name )`
  private mutating func verb() throws(RequestFault) -> String {
    let begin = index
    try name()
    var names = 1
    while index < bytes.count, bytes[index] == 0x2E {
      names += 1
      guard names <= 4 else { throw fault() }
      index += 1
      try name()
    }
    return String(bytes, begin..<index)
  }

  /// `lower *31( lower / DIGIT / "-" )`
  private mutating func name() throws(RequestFault) {
    let begin = index
    guard index < bytes.count, bytes[index] >= 0x61, bytes[index] <= 0x7A else { throw fault() }
    while index < bytes.count, Scalars.isName(bytes[index]) { index += 1 }
    guard index - begin <= 32 else { throw fault() }
  }

  /// `name [ "=" value ]`
  private mutating func parameter() throws(RequestFault) -> Parameter {
    let begin = index
    try name()
    let name = String(bytes, begin..<index)
    guard index < bytes.count, bytes[index] == 0x3D else { return Parameter(bare: name) }
    index += 1
    guard index < bytes.count else { throw fault() }
    return Parameter(name: name, value: bytes[index] == 0x22 ? try quoted() : try atom())
  }

  /// `1*( atom-char / utf8-safe )`
  private mutating func atom() throws(RequestFault) -> String {
    let begin = index
    while index < bytes.count {
      if Scalars.isAtom(bytes[index]) {
        index += 1
      } else if bytes[index] >= 0x80 {
        try safeScalar()
      } else {
        break
      }
    }
    guard index > begin else { throw fault() }
    return String(bytes, begin..<index)
  }

  /// `DQUOTE *( qchar / utf8-safe / escape ) DQUOTE`
  private mutating func quoted() throws(RequestFault) -> String {
    index += 1
    let begin = index
    while index < bytes.count {
      let byte = bytes[index]
      if Scalars.isQuoted(byte) {
        index += 1
      } else if byte >= 0x80 {
        try safeScalar()
      } else if byte == 0x22 {
        index += 1
        return String(bytes, begin..<index - 1)
      } else if byte == 0x5C {
        return try escaped(from: begin)
      } else {
        break
      }
    }
    throw fault()
  }

  /// The rest of a quoted value that has an escape at `index`; its plain runs are copied whole.
  private mutating func escaped(from begin: Int) throws(RequestFault) -> String {
    var value: [UInt8] = []
    value.reserveCapacity(min(bytes.count - begin, 1024))
    var run = begin
    while index < bytes.count {
      let byte = bytes[index]
      if Scalars.isQuoted(byte) {
        index += 1
      } else if byte >= 0x80 {
        try safeScalar()
      } else {
        value.append(contentsOf: bytes[run..<index])
        index += 1
        if byte == 0x22 { return String(decoding: value, as: UTF8.self) }
        guard byte == 0x5C else { throw fault() }
        UTF8Scan.append(try escape(), to: &value)
        run = index
      }
    }
    throw fault()
  }

  /// What follows a `\`: `DQUOTE / "\" / n / r / t / u{1*6HEXDIG}`.
  private mutating func escape() throws(RequestFault) -> UInt32 {
    guard index < bytes.count else { throw fault() }
    let letter = bytes[index]
    index += 1
    switch letter {
    case 0x22, 0x5C: return UInt32(letter)
    case 0x6E: return 0x0A
    case 0x72: return 0x0D
    case 0x74: return 0x09
    case 0x75: return try scalarEscape()
    default: throw fault()
    }
  }

  /// `"{" 1*6HEXDIG "}"` for any scalar value but NUL.
  private mutating func scalarEscape() throws(RequestFault) -> UInt32 {
    guard index < bytes.count, bytes[index] == 0x7B else { throw fault() }
    index += 1
    let begin = index
    var value: UInt32 = 0
    while index < bytes.count, let digit = Scalars.hexValue(bytes[index]) {
      guard index - begin < 6 else { throw fault() }
      value = value << 4 | digit
      index += 1
    }
    guard index > begin, index < bytes.count, bytes[index] == 0x7D, value != 0, Unicode.Scalar(value) != nil else {
      throw fault()
    }
    index += 1
    return value
  }

  /// One `utf8-safe` of more than one byte.
  @inline(__always)
  private mutating func safeScalar() throws(RequestFault) {
    guard let value = UTF8Scan.decode(bytes, &index) else { throw fault("encoding") }
    guard Scalars.isSafe(value) else { throw fault() }
  }

  private func fault(_ code: String = "syntax", isFeed: Bool = false) -> RequestFault {
    RequestFault(code: code, tag: currentTag, isFeed: isFeed)
  }
}
