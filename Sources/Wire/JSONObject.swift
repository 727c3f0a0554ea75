/// The members of a JSON object in their order; no key occurs twice.
public struct JSONObject: Sendable, Hashable {
  /// A key and its value.
  public struct Member: Sendable, Hashable {
    /// The key.
    public let key: String
    /// The value.
    public var value: JSON

    /// A member.
    public init(key: String, value: JSON) {
      self.key = key
      self.value = value
    }
  }

  /// The members.
  public private(set) var members: [Member]

  /// An object without members.
  public init() { members = [] }

  /// An object of pairs; of those with the same key the last value stays, in the first one's place.
  public init(_ pairs: some Sequence<(String, JSON)>) {
    members = []
    for (key, value) in pairs { self[key] = value }
  }

  /// An object of members whose keys are known to differ.
  init(unique members: [Member]) { self.members = members }

  /// How many members there are.
  public var count: Int { members.count }

  /// Whether there is no member.
  public var isEmpty: Bool { members.isEmpty }

  /// The keys in order.
  public var keys: [String] { members.map(\.key) }

  /// The value of a key. Setting a new key appends it; setting nil removes the member. Linear in the count.
  public subscript(key: String) -> JSON? {
    get {
      for member in members where member.key == key { return member.value }
      return nil
    }
    set {
      let index = members.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(key: key, value: value))
      case (nil, nil): break
      }
    }
  }
}

extension JSONObject: RandomAccessCollection {
  /// 0.
  public var startIndex: Int { 0 }
  /// The count.
  public var endIndex: Int { members.count }
  /// The member at a place in the order.
  public subscript(position: Int) -> Member { members[position] }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// An object; of members with the same key the last one stays.
  public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
