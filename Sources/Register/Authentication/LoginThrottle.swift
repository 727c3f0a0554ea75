import Model

/// Slows wrong passwords down and never locks anybody out: counts failures for each name at an address, and for each
/// address, and says how long the next try waits before it is judged.
///
/// Whether a name exists makes no difference. Memory is bounded: what is oldest is forgotten first.
struct LoginThrottle: Sendable {
  /// Failures that cost nothing.
  static let freeTries = 10
  /// After so long failures begin to count from zero.
  static let windowMilliseconds = 600_000
  /// The longest wait.
  static let delayMillisecondsMax = 3000
  /// The first wait for a name at an address; each further failure doubles it.
  static let nameStepMilliseconds = 100
  /// What each further failure of an address adds: many people can be behind one.
  static let addressStepMilliseconds = 30

  private struct Failures: Sendable {
    var count: Int
    var since: Tick
  }

  /// Hashed by a key of the process, so that names of any length cost the same.
  private struct Key: Hashable, Sendable {
    let address: Int
    /// nil counts the address as a whole.
    let name: Int?
  }

  private let entriesMax: Int
  private var failures: [Key: Failures] = [:]

  /// A throttle that remembers so many names and addresses.
  init(entriesMax: Int = 65_536) { self.entriesMax = max(2, entriesMax) }

  /// How many are remembered.
  var count: Int { failures.count }

  /// How long a try waits before its proof is judged.
  func delayMilliseconds(name: String, address: String, now: Tick) -> Int {
    let (ofName, ofAddress) = Self.keys(name, address)
    let beyondName = beyond(ofName, now)
    let doublings = min(beyondName - 1, 8)
    let forName = beyondName > 0 ? Self.nameStepMilliseconds << doublings : 0
    let forAddress = min(beyond(ofAddress, now), 1000) * Self.addressStepMilliseconds
    return min(max(forName, forAddress), Self.delayMillisecondsMax)
  }

  /// A try failed.
  mutating func failed(name: String, address: String, now: Tick) {
    let (ofName, ofAddress) = Self.keys(name, address)
    count(ofName, now)
    count(ofAddress, now)
  }

  /// A password was right: its own failures are forgotten, those of the address are not.
  mutating func succeeded(name: String, address: String) { failures[Self.keys(name, address).0] = nil }

  private static func keys(_ name: String, _ address: String) -> (Key, Key) {
    let place = Self.place(address).hashValue
    return (Key(address: place, name: name.hashValue), Key(address: place, name: nil))
  }

  /// The network of an IPv6 address, of which one client has all (RFC 6177); any other address itself.
  static func place(_ address: String) -> String {
    guard address.utf8.contains(0x3A), !address.utf8.contains(0x2E) else { return address }
    let halves = address.split(separator: ":", omittingEmptySubsequences: false)
    guard let gap = halves.dropFirst().firstIndex(where: \.isEmpty), gap < 4 else {
      return halves.prefix(4).joined(separator: ":")
    }
    let last = halves[gap...].drop(while: \.isEmpty)
    let zeros = 8 - gap - last.count
    return (halves[..<gap] + Array(repeating: "0", count: max(0, zeros)) + last).prefix(4)
      .map { $0.isEmpty ? "0" : $0 }.joined(separator: ":")
  }

  /// Failures beyond those that are free.
  private func beyond(_ key: Key, _ now: Tick) -> Int {
    guard let found = failures[key], now.milliseconds(since: found.since) < Self.windowMilliseconds else { return 0 }
    return max(0, found.count + 1 - Self.freeTries)
  }

  private mutating func count(_ key: Key, _ now: Tick) {
    if let found = failures[key], now.milliseconds(since: found.since) < Self.windowMilliseconds {
      failures[key] = Failures(count: min(found.count + 1, 1_000_000), since: found.since)
      return
    }
    if failures.count >= entriesMax { makeRoom(now) }
    failures[key] = Failures(count: 1, since: now)
  }

  /// Forgets what no longer counts, and where that is little the older half.
  private mutating func makeRoom(_ now: Tick) {
    failures = failures.filter { now.milliseconds(since: $0.value.since) < Self.windowMilliseconds }
    guard failures.count > entriesMax / 2 else { return }
    let kept = failures.sorted { $1.value.since < $0.value.since }.prefix(entriesMax / 2)
    failures = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
  }
}
