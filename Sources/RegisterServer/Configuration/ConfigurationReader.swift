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

  /// Whether the key is there.
  mutating func has(_ key: String) -> Bool { value(key) != nil }

  /// One of several words; nil where the key is left out.
  mutating func word<Word>(_ key: String, _ read: (String) -> Word?) throws(ServerFault) -> Word? {
    guard let text = try text(key) else { return nil }
    guard let word = read(text) else { throw ServerFault("\(prefix)\(key): \(text) is none of its words") }
    return word
  }

  /// A time of day such as `07:30`, in minutes; nil where the key is left out.
  mutating func timeOfDay(_ key: String) throws(ServerFault) -> Int? {
    guard let text = try text(key) else { return nil }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]), (0...24).contains(hour),
      let minute = Int(parts[1]), (0...59).contains(minute)
    else { throw ServerFault("\(prefix)\(key): a time such as 07:30 is needed") }
    return hour * 60 + minute
  }

  /// The objects of a list; none where the key is left out.
  mutating func objects(_ key: String) throws(ServerFault) -> [ConfigurationReader] {
    guard let value = value(key) else { return [] }
    guard let list = value.array else { throw ServerFault("\(prefix)\(key): a list of objects is needed") }
    var readers: [ConfigurationReader] = []
    for (number, one) in list.enumerated() {
      readers.append(try ConfigurationReader(one, key: "\(prefix)\(key)[\(number)]"))
    }
    return readers
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
