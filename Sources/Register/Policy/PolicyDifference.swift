import Crypto
import Custody
import Model
import Wire

/// What a new policy changes in the one in force. Rules that stay keep their rows and ids.
struct PolicyDifference: Sendable {
  /// Rules that come, with ids of their own.
  let added: [Grant]
  /// Rules that end.
  let removed: [Grant]
  /// Rules that stay.
  let kept: [Grant]

  /// The difference between the rules in force and those wanted, which have no ids yet.
  init(from present: [Grant], to wanted: [Grant]) {
    let have = Set(present.map(\.content))
    let want = Set(wanted.map(\.content))
    removed = PolicyText.sorted(present.filter { !want.contains($0.content) })
    kept = PolicyText.sorted(present.filter { want.contains($0.content) })
    added = PolicyText.sorted(Array(want.subtracting(have))).map { grant in
      var grant = grant
      grant.id = .new()
      return grant
    }
  }

  /// Whether nothing would change.
  var isEmpty: Bool { added.isEmpty && removed.isEmpty }

  /// The rules as they will be.
  var result: [Grant] { kept + added }

  /// The lines that go and come, in the order of the policy's text; a rule that goes before the one in its place.
  var rows: [JSONObject] {
    let lines = removed.map { ("-", $0) } + added.map { ("+", $0) }
    return lines.map { (sign: $0.0, key: PolicyText.key($0.1), grant: $0.1) }
      .sorted { left, right in
        // Role, object and action first, so that what replaces a rule stands below it.
        let (one, other) = (left.key.prefix(3), right.key.prefix(3))
        if !one.elementsEqual(other) { return one.lexicographicallyPrecedes(other) }
        if left.sign != right.sign { return left.sign == "-" }
        return left.key.lexicographicallyPrecedes(right.key)
      }
      .map { ["change": .string($0.sign), "line": .string(PolicyText.line($0.grant))] }
  }
}

/// The policy that a request asks for, together with the one that it was asked for against: what a second person
/// approves is this difference and no other.
struct PolicyRequest: Equatable, Sendable {
  private static let head = "# against "

  /// The fingerprint of the rules in force when it was asked for.
  let base: String
  /// The rules wanted, as text.
  let text: String

  /// A request for some rules against those in force.
  init(for wanted: [Grant], against present: [Grant]) {
    base = Self.fingerprint(present)
    text = PolicyText.sorted(wanted).map { PolicyText.line($0) + "\n" }.joined()
  }

  /// A request from the bytes that it was kept as; nil where they are none.
  init?(_ bytes: [UInt8]) {
    guard let all = String(validating: bytes, as: UTF8.self), all.hasPrefix(Self.head),
      let end = all.firstIndex(of: "\n")
    else { return nil }
    base = String(all[..<end].dropFirst(Self.head.count))
    text = String(all[all.index(after: end)...])
  }

  /// The bytes that it is kept as; the same for the same rules against the same.
  var bytes: [UInt8] { Array((Self.head + base + "\n" + text).utf8) }

  /// Whether the rules in force are still those that it was asked for against.
  func stands(against present: [Grant]) -> Bool { base == Self.fingerprint(present) }

  /// SHA-256 of the rules' text.
  private static func fingerprint(_ grants: [Grant]) -> String {
    var hash = SHA256()
    for grant in PolicyText.sorted(grants) { hash.update(data: Array((PolicyText.line(grant) + "\n").utf8)) }
    return Hex.encode(Array(hash.finalize()))
  }
}
