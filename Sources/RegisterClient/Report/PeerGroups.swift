import Model

/// Employees beside those of the same job role, with what is usual among them.
struct PeerGroup: Sendable {
  /// An employee's accesses.
  struct Member: Sendable {
    let name: String
    let roles: [String]
    let count: Int64
    let refusals: Int64
    /// Whether this is far above what is usual in the group.
    var isFarAbove = false
  }

  /// The job role that the group is of; nil where none is known.
  let role: String?
  /// The members, the most accesses first.
  private(set) var members: [Member]
  /// The accesses that half of the members do not reach.
  let median: Double

  /// Members below which nobody is compared.
  static let membersForComparison = 4
  /// The score above which somebody is far above (B. Iglewicz and D. C. Hoaglin, "How to Detect and Handle Outliers",
  /// 1993: modified z-scores above 3.5).
  static let scoreMax = 3.5

  /// A group of members, in any order.
  init(role: String?, members: [Member]) {
    self.role = role
    let sorted = members.sorted { $0.count == $1.count ? $0.name < $1.name : $0.count > $1.count }
    let counts = sorted.map { Double($0.count) }
    let median = Self.median(counts)
    self.median = median
    let deviations = counts.map { abs($0 - median) }
    // Where most are equal the median of the deviations is 0, and their mean stands in for it.
    let spread = Self.median(deviations)
    let mean = deviations.reduce(0, +) / Double(max(1, deviations.count))
    let scale = spread > 0 ? 1.4826 * spread : 1.2533 * mean
    self.members = sorted.map { member in
      var member = member
      member.isFarAbove =
        sorted.count >= Self.membersForComparison && scale > 0
        && (Double(member.count) - median) / scale > Self.scoreMax
      return member
    }
  }

  /// The groups of a report: everyone with an access in the period, by the first of their job roles.
  static func groups(_ data: ReportData) -> [PeerGroup] {
    let accounts = Dictionary((data.accounts ?? []).map { ($0.id, $0) }) { first, _ in first }
    var members: [String: [Member]] = [:]
    for user in data.users {
      guard let id = user.id else { continue }
      let account = accounts[id]
      let roles = account?.roles ?? []
      let name = account?.name ?? user.name ?? id
      members[roles.first ?? "", default: []].append(
        Member(name: ValueText.oneLine(name), roles: roles, count: user.count, refusals: user.refusals))
    }
    let order = JobRole.allCases.map(\.name)
    let known = order.filter { members[$0] != nil }
    let rest = members.keys.filter { !order.contains($0) }.sorted {
      ($0.isEmpty ? 1 : 0, $0) < ($1.isEmpty ? 1 : 0, $1)
    }
    return (known + rest).map { PeerGroup(role: $0.isEmpty ? nil : $0, members: members[$0] ?? []) }
  }

  private static func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
