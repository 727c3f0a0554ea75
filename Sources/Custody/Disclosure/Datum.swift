public import Model

/// One datum on a person with where and when it came from (Art. 14, 15).
public struct Datum: Hashable, Sendable {
  /// What it is.
  public var field: Field
  /// Data that belong together, such as the lines of one address, share a number within their category.
  public var entry: UInt16
  /// The datum itself.
  public var value: String
  /// A word on which one it is ("work", "home"), or empty.
  public var label: String
  /// Where it came from.
  public var source: DataSource
  /// Which other source, where `source` is `other`.
  public var sourceNote: String
  /// The day it came.
  public var at: Day

  /// A datum.
  public init(
    field: Field, entry: UInt16, value: String, label: String = "", source: DataSource, sourceNote: String = "",
    at: Day
  ) {
    self.field = field
    self.entry = entry
    self.value = value
    self.label = label
    self.source = source
    self.sourceNote = sourceNote
    self.at = at
  }
}

/// The plaintext of a sealed category, version 1: a version byte, then for each datum
/// `field u8 │ entry u16 │ source u8 │ day i32 │ label u8+bytes │ source note u16+bytes │ value u16+bytes`, big-endian.
enum DatumCoding {
  static let version: UInt8 = 1

  static func encode(_ data: [Datum]) -> [UInt8] {
    var bytes: [UInt8] = [version]
    for datum in data {
      bytes.append(datum.field.rawValue)
      append(datum.entry, to: &bytes)
      bytes.append(datum.source.rawValue)
      append(UInt32(bitPattern: Int32(truncatingIfNeeded: datum.at.number)), to: &bytes)
      let label = datum.label.utf8.prefix(255)
      bytes.append(UInt8(label.count))
      bytes.append(contentsOf: label)
      append(text: datum.sourceNote, to: &bytes)
      append(text: datum.value, to: &bytes)
    }
    return bytes
  }

  private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  private static func append(text: String, to bytes: inout [UInt8]) {
    let utf8 = text.utf8.prefix(65_535)
    append(UInt16(utf8.count), to: &bytes)
    bytes.append(contentsOf: utf8)
  }

  /// The data of some fields; nil where the bytes are no such encoding.
  static func decode(_ bytes: [UInt8], only fields: FieldSet = .all) -> [Datum]? {
    guard bytes.first == version else { return nil }
    var position = 1
    var data: [Datum] = []
    func integer(_ count: Int) -> Int? {
      guard bytes.count - position >= count else { return nil }
      defer { position += count }
      return bytes[position..<position + count].reduce(0) { $0 << 8 | Int($1) }
    }
    func text(_ count: Int, wanted: Bool) -> String? {
      guard bytes.count - position >= count else { return nil }
      defer { position += count }
      return wanted ? String(decoding: bytes[position..<position + count], as: UTF8.self) : ""
    }
    while position < bytes.count {
      guard let code = integer(1), let field = Field(rawValue: UInt8(code)), let entry = integer(2),
        let sourceCode = integer(1), let source = DataSource(rawValue: UInt8(sourceCode)), let day = integer(4)
      else { return nil }
      let wanted = fields.contains(field)
      guard let labelCount = integer(1), let label = text(labelCount, wanted: wanted),
        let noteCount = integer(2), let note = text(noteCount, wanted: wanted),
        let valueCount = integer(2), let value = text(valueCount, wanted: wanted)
      else { return nil }
      guard wanted else { continue }
      data.append(
        Datum(
          field: field, entry: UInt16(entry), value: value, label: label, source: source, sourceNote: note,
          at: Day(number: Int(Int32(truncatingIfNeeded: day)))))
    }
    return data
  }
}
