import Crypto
import Model

/// Kinds of reasons to look.
enum AnomalyKind: String, CaseIterable, Sendable {
  /// Many distinct persons in a day.
  case bulk
  /// Accesses outside working hours.
  case hours
  /// The same person again and again without a case.
  case repeated
  /// A person of the employee's own name.
  case own = "self"
  /// A person of a colleague's name.
  case colleague
  /// A person of the employee's surname, where few have it.
  case namesake
  /// More refusals than usual.
  case refusals
  /// An account that was long quiet.
  case dormant
  /// Persons one after another in the order of their ids.
  case walk
}

/// Entries of the access log that a finding rests on.
struct Evidence: Sendable, Equatable {
  /// The most samples that are told.
  static let samplesMax = 5

  var count: Int64
  /// The first and the last of their indexes, and times.
  var first: Int64
  var last: Int64
  var since: Instant
  var until: Instant
  /// Some of the indexes, in ascending order.
  var samples: [Int64]

  /// The evidence of entries that are given one by one; nil for none.
  init?(_ entries: [(index: Int64, at: Instant)]) {
    let sorted = entries.sorted { $0.index < $1.index }
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let times = entries.map(\.at)
    self.init(
      count: Int64(sorted.count), first: first.index, last: last.index, since: times.min() ?? first.at,
      until: times.max() ?? last.at, samples: sorted.prefix(Self.samplesMax).map(\.index))
  }

  init(count: Int64, first: Int64, last: Int64, since: Instant, until: Instant, samples: [Int64]) {
    self.count = count
    self.first = first
    self.last = last
    self.since = since
    self.until = until
    self.samples = Array(samples.prefix(Self.samplesMax))
  }
}

/// The middle of a habit, and how far it usually strays.
struct Baseline: Sendable, Equatable {
  var median: Double
  /// The median absolute deviation × 1.4826, as wide as a standard deviation where days are spread normally.
  var spread: Double
  /// How many days it rests on.
  var days: Int
}

enum FindingName {}

/// A reason to look at what an employee did; never a verdict.
struct Finding: Sendable, Equatable {
  let id: ID<FindingName>
  let kind: AnomalyKind
  let user: UserID
  let role: JobRole?
  /// The local day that it belongs to.
  let day: Day
  /// How far beyond the ordinary, 1 being where it begins to stand out.
  let score: Double
  let value: Double
  let baseline: Baseline?
  /// The median of colleagues of the same role; nil where there are none.
  let peers: Double?
  let evidence: Evidence
  let person: PersonID?
  let reason: Text

  init(
    _ kind: AnomalyKind, user: UserID, role: JobRole?, day: Day, score: Double, value: Double,
    baseline: Baseline? = nil, peers: Double? = nil, evidence: Evidence, person: PersonID? = nil, reason: Text
  ) {
    id = Self.id(kind, user, day, person, role: role)
    self.kind = kind
    self.user = user
    self.role = role
    self.day = day
    self.score = score
    self.value = value
    self.baseline = baseline
    self.peers = peers
    self.evidence = evidence
    self.person = person
    self.reason = reason
  }

  /// A version 8 UUID (RFC 9562) from what the finding is about, so that it is found by the same name tomorrow.
  static func id(
    _ kind: AnomalyKind, _ user: UserID, _ day: Day, _ person: PersonID?, role: JobRole?
  ) -> ID<FindingName> {
    let text = "\(kind.rawValue)|\(user)|\(role?.name ?? "")|\(day)|\(person?.description ?? "")"
    var high: UInt64 = 0
    var low: UInt64 = 0
    for (index, byte) in SHA256.hash(data: Array(text.utf8)).prefix(16).enumerated() {
      if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
    }
    return ID(
      high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x8000, low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
  }
}
