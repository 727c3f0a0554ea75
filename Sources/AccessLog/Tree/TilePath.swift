/// The place of a hash tile or entry bundle in a log's directory, such as `tile/0/x001/067.p/112` or `tile/entries/000`
/// (C2SP tlog-tiles).
public struct TilePath: Hashable, Sendable {
  /// What the file holds.
  public enum Kind: Hashable, Sendable {
    /// Hashes of a tile level.
    case hashes(level: Int)
    /// Entries, each with a two-byte length before it.
    case entries
  }

  /// The highest tile level that a path may name.
  public static let levelMax = 63

  /// What the file holds.
  public var kind: Kind
  /// Its place among its kind and level, from 0.
  public var index: Int64
  /// How many hashes or entries it holds: 256 where it is full, else 1 to 255.
  public var width: Int

  /// A path from its parts.
  public init(kind: Kind, index: Int64, width: Int = Tile.width) {
    self.kind = kind
    self.index = index
    self.width = width
  }

  /// Whether it is a full tile or bundle, which never changes again.
  public var isFull: Bool { width == Tile.width }

  /// The same tile or bundle once it is full.
  public var full: TilePath { TilePath(kind: kind, index: index) }

  /// The index of the first entry that it covers.
  public var firstEntry: Int64 {
    switch kind {
    case .entries: index << 8
    case .hashes(let level): index << (8 * level + 8)
    }
  }

  /// Every hash tile, level by level, then every entry bundle of a log of this size: one path for each 256 entries and
  /// more.
  public static func all(size: Int64) -> [TilePath] {
    var paths: [TilePath] = []
    var level = 0
    while level < 8, size >> (8 * level) > 0 {
      append(.hashes(level: level), count: size >> (8 * level), to: &paths)
      level += 1
    }
    append(.entries, count: max(0, size), to: &paths)
    return paths
  }

  private static func append(_ kind: Kind, count: Int64, to paths: inout [TilePath]) {
    let full = count / Int64(Tile.width)
    for index in 0..<full { paths.append(TilePath(kind: kind, index: index)) }
    let rest = Int(count % Int64(Tile.width))
    if rest > 0 { paths.append(TilePath(kind: kind, index: full, width: rest)) }
  }
}

extension TilePath: CustomStringConvertible {
  /// The path relative to the log's root.
  public var description: String {
    var groups = [TilePath.group(index % 1000)]
    var rest = index / 1000
    while rest > 0 {
      groups.append("x" + TilePath.group(rest % 1000))
      rest /= 1000
    }
    let kindName =
      switch kind {
      case .entries: "entries"
      case .hashes(let level): String(level)
      }
    return "tile/\(kindName)/" + groups.reversed().joined(separator: "/") + (isFull ? "" : ".p/\(width)")
  }

  private static func group(_ number: Int64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }

  /// Reads a path; nil for anything that `description` would not have written.
  public init?(_ text: some StringProtocol) {
    var parts = Array(text.utf8).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
    guard parts.count <= 12, parts.popFirst().map(Array.init) == Array("tile".utf8), let kindName = parts.popFirst()
    else { return nil }
    if Array(kindName) == Array("entries".utf8) {
      kind = .entries
    } else {
      guard let level = Decimal.read(kindName), level <= TilePath.levelMax else { return nil }
      kind = .hashes(level: Int(level))
    }
    width = Tile.width
    if parts.count >= 2, parts[parts.endIndex - 2].suffix(2).elementsEqual(".p".utf8) {
      guard let last = parts.popLast(), let read = Decimal.read(last), (1..<256).contains(read) else { return nil }
      width = Int(read)
      parts[parts.endIndex - 1] = parts[parts.endIndex - 1].dropLast(2)
    }
    guard let index = TilePath.index(parts) else { return nil }
    self.index = index
  }

  private static func index(_ groups: ArraySlice<ArraySlice<UInt8>>) -> Int64? {
    var index: Int64 = 0
    for (place, group) in zip(groups.indices, groups) {
      let isLast = place == groups.endIndex - 1
      guard isLast || group.first == UInt8(ascii: "x") else { return nil }
      let digits = isLast ? group : group.dropFirst()
      guard digits.count == 3, let number = Decimal.digits(digits) else { return nil }
      // The first of several groups is never zero, else one tile would have several paths.
      guard isLast || place != groups.startIndex || number > 0 else { return nil }
      let (scaled, overflow) = index.multipliedReportingOverflow(by: 1000)
      let (sum, carry) = scaled.addingReportingOverflow(number)
      guard !overflow, !carry else { return nil }
      index = sum
    }
    return groups.isEmpty ? nil : index
  }
}

/// Decimal numbers as the formats of transparency logs write them.
enum Decimal {
  /// A number without sign or leading zero that fits; nil otherwise.
  static func read(_ text: some Collection<UInt8>) -> Int64? {
    guard text.first != UInt8(ascii: "0") || text.count == 1 else { return nil }
    return digits(text)
  }

  /// A number of digits only, leading zeros allowed; nil otherwise.
  static func digits(_ text: some Collection<UInt8>) -> Int64? {
    guard !text.isEmpty else { return nil }
    var number: Int64 = 0
    for byte in text {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      let (scaled, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = scaled.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
      guard !overflow, !carry else { return nil }
      number = sum
    }
    return number
  }
}
