/// Entries one after another, each with a two-byte big-endian length before it: the form of intake rows, and of the entry
/// bundles of C2SP tlog-tiles.
public enum EntryBundle {
  /// The longest entry that a length can tell.
  public static let entryBytesMax = 65_535

  /// Appends an entry with its length and returns where its salt stands in the buffer.
  @discardableResult
  public static func append(_ entry: Entry, to buffer: inout [UInt8]) -> Int {
    let start = buffer.count
    buffer.append(0)
    buffer.append(0)
    entry.encode(into: &buffer)
    let length = buffer.count - start - 2
    buffer[start] = UInt8(truncatingIfNeeded: length >> 8)
    buffer[start + 1] = UInt8(truncatingIfNeeded: length)
    return start + 2 + Entry.saltOffset
  }

  /// The entries' bytes of a bundle; throws where it does not end with an entry.
  public static func split(_ bytes: [UInt8]) throws(EntryFault) -> [ArraySlice<UInt8>] {
    var entries: [ArraySlice<UInt8>] = []
    var position = 0
    while position < bytes.count {
      guard bytes.count - position >= 2 else { throw EntryFault(reason: "a bundle ends within a length") }
      let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
      guard bytes.count - position - 2 >= length else { throw EntryFault(reason: "a bundle ends within an entry") }
      entries.append(bytes[position + 2..<position + 2 + length])
      position += 2 + length
    }
    return entries
  }
}
