import Custody
import Model

@testable import Register

/// Made-up rules, employees and persons, the same for the same seed (SplitMix64).
struct PolicyMaking: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func one<Value>(_ values: [Value]) -> Value { values[Int(next() % UInt64(values.count))] }

  mutating func some<Value>(_ values: [Value]) -> [Value] { values.filter { _ in next() % 3 == 0 } }

  /// Any rule at all, senseless ones too.
  mutating func grant() -> Grant {
    let object = one(PolicyObject.allCases)
    let all = object.category.map { FieldSet(in: CategorySet($0)) } ?? []
    return Grant(
      role: one(JobRole.allCases), object: object, action: one(PolicyAction.allCases), isDeny: next() % 4 == 0,
      kinds: one([.both, .both, .contact, .private, []]), fields: next() % 2 == 0 ? all : FieldSet(some(all.members)),
      purposes: PurposeSet(some(Purpose.allCases)), scope: one(PolicyScope.allCases))
  }

  mutating func grants(_ count: Int) -> [Grant] { (0..<count).map { _ in grant() } }

  /// Rules that bear on persons: few objects, so that allows and denials meet.
  mutating func personGrant(_ roles: [JobRole]) -> Grant {
    let object = one(
      [
        .identity, .identity, .contact, .contact, .professional, .other, .protectedContact, .markDeceased, .merge,
        .informing, .breakGlass,
      ]
        as [PolicyObject])
    let all = object.category.map { FieldSet(in: CategorySet($0)) } ?? []
    let fields = next() % 3 == 0 ? FieldSet(some(all.members)) : all
    return Grant(
      role: one(roles), object: object, action: one([.read, .read, .write, .breakGlassRead, .breakGlassRead]),
      isDeny: next() % 5 == 0, kinds: one([.both, .both, .contact, .private]), fields: fields,
      purposes: next() % 6 == 0 ? [] : PurposeSet(some(Purpose.allCases) + [.customerCare]),
      scope: one([.all, .all, .team, .assigned]))
  }

  /// Employees of every sort: no role, several, some that may not stand together, disabled, in teams.
  mutating func employees(_ count: Int) -> [Employee] {
    (0..<count).map { number in
      let roles: [JobRole] =
        switch next() % 10 {
        case 0: []
        case 1: [.sales, .administrator]
        case 2, 3: [.customerService, .privacyOfficer]
        default: [one([.customerService, .sales, .privacyOfficer, .administrator])]
        }
      return Employee(
        id: UserID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0001 + UInt64(number)), name: "user\(number)",
        fullName: "Nimi \(number)", isDisabled: next() % 9 == 0, roles: roles,
        team: one(["", "north", "south"]))
    }
  }
}
