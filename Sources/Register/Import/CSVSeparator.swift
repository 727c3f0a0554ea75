/// Finds the separator of a file in its first line, fed in pieces.
struct CSVSeparator {
  static let semicolon: UInt8 = 0x3B
  static let comma: UInt8 = 0x2C
  static let tab: UInt8 = 0x09

  private var semicolons = 0
  private var commas = 0
  private var tabs = 0
  private var isQuoted = false

  /// Looks at the next byte; true where the first line ends there.
  mutating func look(_ byte: UInt8) -> Bool {
    if byte == 0x22 { isQuoted.toggle() }
    if isQuoted { return false }
    switch byte {
    case CSVSeparator.semicolon: semicolons += 1
    case CSVSeparator.comma: commas += 1
    case CSVSeparator.tab: tabs += 1
    case 0x0A, 0x0D: return true
    default: break
    }
    return false
  }

  /// The one that stands most often outside quotation marks; of equals the semicolon, then the tab.
  var found: UInt8 {
    if semicolons >= tabs && semicolons >= commas { return CSVSeparator.semicolon }
    return tabs >= commas ? CSVSeparator.tab : CSVSeparator.comma
  }

  /// The separator that a first line `sep=;` names, as spreadsheets write it.
  static func named(in line: some Collection<UInt8>) -> UInt8? {
    let bytes = Array(line)
    guard bytes.count == 5, bytes.starts(with: Array("sep=".utf8)) else { return nil }
    return [semicolon, comma, tab].contains(bytes[4]) ? bytes[4] : nil
  }
}
