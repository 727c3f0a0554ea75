public import Model

/// Reads comma-separated values (RFC 4180) from pieces of a file that may be cut anywhere.
///
/// The separator (`;`, `,` or a tab) is found in the header line. Lines end with LF, CR LF or CR; cells in quotation marks
/// may hold separators, line ends and doubled quotation marks; a quotation mark within a bare cell is a character like any
/// other. The header is record 0, the first line that is not empty; every later record counts as a row, empty lines too.
/// Memory is bounded by one record.
public struct CSVReader: Sendable {
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private enum State { case cellStart, bare, quoted, afterQuote }

  private var head: [UInt8] = []
  private var detector: CSVSeparator? = CSVSeparator()
  private var separator = CSVSeparator.semicolon
  private var state = State.cellStart
  private var skipsLineFeed = false
  private var cell: [UInt8] = []
  private var cells: [String] = []
  private var columnCount = 0
  private var fault: CSVRecord.Fault?
  private var row = 0
  private var totalBytes = 0
  private var records: [CSVRecord] = []

  /// A reader at the beginning of a file.
  public init() {}

  /// The records that end in the next piece; throws `invalid/header` or `limit/quota`, after which nothing more is read.
  public mutating func feed(_ piece: String) throws(RegisterError) -> [CSVRecord] {
    var piece = piece
    totalBytes += piece.utf8.count
    if totalBytes > Limits.importBytesMax { throw ImportRefusals.tooManyBytes }
    piece.withUTF8 { bytes in
      if detector == nil { take(bytes) } else { takeHead(bytes) }
    }
    if detector != nil && head.count > Limits.importHeaderBytesMax { throw ImportRefusals.header }
    return try given()
  }

  /// The last records; throws `invalid/file` where a quotation mark was never closed.
  public mutating func finish() throws(RegisterError) -> [CSVRecord] {
    if detector != nil { startBody() }
    if state == .quoted { throw ImportRefusals.openQuote(row: row) }
    if state != .cellStart || columnCount > 0 { endRecord() }
    return try given()
  }

  private mutating func given() throws(RegisterError) -> [CSVRecord] {
    if row > Limits.importRowsMax + 1 { throw ImportRefusals.tooManyRows }
    defer { records.removeAll(keepingCapacity: true) }
    return records
  }

  private mutating func takeHead(_ bytes: UnsafeBufferPointer<UInt8>) {
    for position in bytes.indices {
      let isLineEnd = bytes[position] == 0x0A || bytes[position] == 0x0D
      if isLineEnd, head.isEmpty || head == Self.byteOrderMark { continue }
      head.append(bytes[position])
      if detector?.look(bytes[position]) == true {
        startBody()
        return take(UnsafeBufferPointer(rebasing: bytes[(position + 1)...]))
      }
      if head.count > Limits.importHeaderBytesMax { return }
    }
  }

  /// Reads the first line again, now that the separator is known.
  private mutating func startBody() {
    if head.starts(with: Self.byteOrderMark) { head.removeFirst(Self.byteOrderMark.count) }
    let named = CSVSeparator.named(in: head.prefix { $0 != 0x0A && $0 != 0x0D })
    separator = named ?? detector?.found ?? CSVSeparator.semicolon
    detector = nil
    let line = head
    head = []
    guard named == nil else {
      skipsLineFeed = line.last == 0x0D
      return
    }
    line.withUnsafeBufferPointer { take($0) }
  }

  private mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) {
    for byte in bytes {
      if skipsLineFeed {
        skipsLineFeed = false
        if byte == 0x0A { continue }
      }
      switch state {
      case .quoted:
        if byte == 0x22 { state = .afterQuote } else { put(byte) }
      case .afterQuote where byte == 0x22:
        put(byte)
        state = .quoted
      case .cellStart where byte == 0x22:
        state = .quoted
      case .cellStart, .bare, .afterQuote:
        takeOutsideQuotes(byte)
      }
    }
  }

  private mutating func takeOutsideQuotes(_ byte: UInt8) {
    switch byte {
    case separator:
      endCell()
      state = .cellStart
    case 0x0A, 0x0D:
      skipsLineFeed = byte == 0x0D
      endRecord()
    default:
      if state == .afterQuote { note(.strayQuote(column: columnCount + 1)) }
      put(byte)
      state = .bare
    }
  }

  private mutating func put(_ byte: UInt8) {
    if cell.count < Limits.importCellBytesMax {
      cell.append(byte)
    } else {
      note(.cellTooLong(column: columnCount + 1))
    }
  }

  private mutating func note(_ found: CSVRecord.Fault) { if fault == nil { fault = found } }

  private mutating func endCell() {
    columnCount += 1
    if cells.count < Limits.importColumnsMax { cells.append(String(decoding: cell, as: UTF8.self)) }
    cell.removeAll(keepingCapacity: true)
  }

  private mutating func endRecord() {
    endCell()
    if row <= Limits.importRowsMax {
      records.append(CSVRecord(row: row, cells: cells, columnCount: columnCount, fault: fault))
    }
    row += 1
    columnCount = 0
    fault = nil
    cells.removeAll(keepingCapacity: true)
    state = .cellStart
  }
}
