import Crypto
public import Model
public import Sealing

/// What the access log keeps of search words: a keyed hash, by a key that lives for a year at most.
public enum SearchWords {
  /// The length of a hash.
  public static let hashBytes = 16
  /// The first of the thirteen slots of search keys; stored, so it never changes (`ServiceKey.searchHash`).
  private static let ringStart: Int64 = 32

  /// The month of an instant in UTC, as year × 12 + month − 1.
  public static func month(of instant: Instant) -> Int {
    let civil = instant.day.civil
    return civil.year * 12 + civil.month - 1
  }

  /// The first day of a month.
  public static func firstDay(of month: Int) -> Day? { Day(year: month / 12, month: month % 12 + 1, day: 1) }

  /// The first 16 bytes of HMAC-SHA-256 over the folded words, under the month's key, which is made when first needed.
  ///
  /// - Throws: `KeyFault` where the key cannot be had, `.destroyed` where its month is past.
  public static func hash(_ text: String, keys: KeyStore, month: Int) throws -> [UInt8] {
    hash(words: words(text), key: try keys.serviceKey(.searchHash(month: month)))
  }

  /// The folded words in one order, since a search asks for them in any.
  static func words(_ text: String) -> [UInt8] {
    let words = Folding.fold(text).split(separator: 0x20).sorted { $0.lexicographicallyPrecedes($1) }
    return Array(words.joined(separator: [0x20]))
  }

  /// The months whose key may be there, the latest first: the present one always, others where their slot holds a key.
  public static func months(in keys: KeyStore, upTo present: Int) throws -> [Int] {
    let earlier = (1...Limits.searchHashMonths).map { present - $0 }
    let held = try earlier.filter { month in
      try keys.state(slot: ringStart + Int64(month % ServiceKey.searchMonths)).contains(.live)
    }
    return [present] + held
  }

  static func hash(words: [UInt8], key: SymmetricKey) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: words, using: key).prefix(hashBytes))
  }
}

extension Custody {
  /// The hashes of a text in the log, a month each, the latest first; months without a key are left out. Reads the disk.
  public func searchHashes(_ text: String, at instant: Instant) throws -> [(month: Int, hash: [UInt8])] {
    let words = SearchWords.words(text)
    return try SearchWords.months(in: keys, upTo: SearchWords.month(of: instant)).compactMap { month in
      do {
        return (month, SearchWords.hash(words: words, key: try keys.serviceKey(.searchHash(month: month))))
      } catch KeyFault.destroyed {
        return nil
      }
    }
  }
}
