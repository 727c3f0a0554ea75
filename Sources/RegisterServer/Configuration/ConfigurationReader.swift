import Wire

/// Reads the keys of one object of the settings; every fault names its key, and what no key asked for is one.
struct ConfigurationReader {
  private let object: JSONObject
  private let prefix: String
  private var seen: Set<String> = []

  /// A reader of the whole, or of the object of a key.
  init(_ json: JSON, key: String = "") throws(ServerFault) {
    guard let object = json.object else {
      throw ServerFault(key.isEmpty ? "the settings are no object" : "\(key): an object is needed")
    }
    self.object = object
    prefix = key.isEmpty ? "" : key + "."
  }

  /// A text that may not be empty; nil where the key is left out.
  mutating func text(_ key: String) throws(ServerFault) -> String? {
    guard let value = value(key) else { return nil }
    guard let text = value.string, !text.isEmpty, !text.utf8.contains(0) else {
      throw ServerFault("\(prefix)\(key): a text is needed")
    }
    return text
  }

  /// A text that must be there.
  mutating func required(_ key: String) throws(ServerFault) -> String {
    guard let text = try text(key) else { throw ServerFault("\(prefix)\(key) is missing") }
    return text
  }

  /// A whole number within bounds; nil where the key is left out.
  mutating func int(_ key: String, _ range: ClosedRange<Int>) throws(ServerFault) -> Int? {
    guard let value = value(key) else { return nil }
    guard let number = value.int.flatMap({ Int(exactly: $0) }), range.contains(number) else {
      throw ServerFault("\(prefix)\(key): a whole number from \(range.lowerBound) to \(range.upperBound) is needed")
    }
    return number
  }

  /// True or false; nil where the key is left out.
  mutating func bool(_ key: String) throws(ServerFault) -> Bool? {
    guard let value = value(key) else { return nil }
    guard let bool = value.bool else { throw ServerFault("\(prefix)\(key): true or false is needed") }
    return bool
  }

  /// Texts; at least one.
  mutating func texts(_ key: String) throws(ServerFault) -> [String] {
    guard let value = value(key) else { throw ServerFault("\(prefix)\(key) is missing") }
    let texts = (value.array ?? []).map(\.string)
    guard !texts.isEmpty, texts.allSatisfy({ $0?.isEmpty == false }) else {
      throw ServerFault("\(prefix)\(key): a list of texts is needed")
    }
    return texts.compactMap { $0 }
  }

  /// The object of a key; nil where it is left out.
  mutating func object(_ key: String) throws(ServerFault) -> ConfigurationReader? {
    guard let value = value(key) else { return nil }
    return try ConfigurationReader(value, key: prefix + key)
  }

  /// Refuses keys that nothing asked for.
  func finish() throws(ServerFault) {
    if let unknown = object.keys.first(where: { !seen.contains($0) }) {
      throw ServerFault("\(prefix)\(unknown) is no setting")
    }
  }

  private mutating func value(_ key: String) -> JSON? {
    seen.insert(key)
    return object[key]
  }
}
