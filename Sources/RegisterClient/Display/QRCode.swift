import CQRencode

/// A QR code (ISO/IEC 18004) of a text.
struct QRCode: Sendable, Equatable {
  /// Modules on a side.
  let width: Int
  /// Whether each module is dark, row by row.
  private let dark: [Bool]

  /// The longest text taken; any that a telephone is to read from a terminal is far shorter.
  static let bytesMax = 1000

  /// A code with the lowest correction, since a screen has no scratches; nil for an empty text or one too long.
  init?(_ text: String) {
    var bytes = Array(text.utf8)
    guard !bytes.isEmpty, bytes.count <= Self.bytesMax else { return nil }
    guard let code = QRcode_encodeData(Int32(bytes.count), &bytes, 0, QR_ECLEVEL_L) else { return nil }
    defer { QRcode_free(code) }
    let width = Int(code.pointee.width)
    guard width > 0, let data = code.pointee.data else { return nil }
    self.width = width
    // The lowest bit of each byte is the module's colour.
    dark = (0..<width * width).map { data[$0] & 1 == 1 }
  }

  /// Whether a module is dark; those outside are light.
  func isDark(_ row: Int, _ column: Int) -> Bool {
    (0..<width).contains(row) && (0..<width).contains(column) && dark[row * width + column]
  }

  /// Light modules around, where a terminal has little room: two rows less than the standard's four.
  static let margin = 2

  /// Columns that `lines` take.
  var columns: Int { width + 2 * Self.margin }

  /// The code in lines of half blocks, two modules high each: black on white in explicit colours, since readers want
  /// dark on light, and a terminal's own colours may be the other way round.
  var lines: [String] {
    let side = columns
    return stride(from: 0, to: side, by: 2).map { top in
      let blocks = (0..<side).map { column in
        switch (at(top, column), at(top + 1, column)) {
        case (true, true): "█"
        case (true, false): "▀"
        case (false, true): "▄"
        case (false, false): " "
        }
      }
      return "\u{1B}[38;5;16;48;5;231m\(blocks.joined())\u{1B}[0m"
    }
  }

  private func at(_ row: Int, _ column: Int) -> Bool { isDark(row - Self.margin, column - Self.margin) }
}
