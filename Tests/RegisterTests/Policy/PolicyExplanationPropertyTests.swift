import Model
import Testing

@testable import Custody
@testable import Register

/// What is explained is what happens: over made-up rules, employees and persons, against the permits that are given.
@Suite struct PolicyExplanationPropertyTests {
  private struct World {
    let rules: AccessRules
    let now: Instant
    var making: PolicyMaking

    init(seed: UInt64) {
      var dice = PolicyMaking(seed)
      let moment = Instant.now()
      let employees = dice.employees(8)
      let grants = (0..<30).map { _ in
        dice.personGrant([.customerService, .sales, .privacyOfficer, .administrator])
      }
      let ids = employees.map(\.id)
      let deputies = (0..<4).map { _ in
        let from = Day(number: moment.day.number - 3 + Int(dice.next() % 5))
        return Deputy(
          employee: dice.one(ids), deputy: dice.one(ids), from: from,
          until: Day(number: from.number + Int(dice.next() % 4)))
      }
      let glasses = dice.some(ids).map { user in
        BreakGlass(
          id: .new(), user: user, session: .new(), takenAt: moment.adding(seconds: -60),
          until: moment.adding(seconds: dice.next() % 2 == 0 ? 3000 : -30),
          endedAt: dice.next() % 4 == 0 ? moment.adding(seconds: -10) : nil, dueAt: moment.adding(seconds: 90_000),
          reason: .gone)
      }
      rules = AccessRules(
        epoch: 1, employees: employees, grants: grants, deputies: deputies, breakGlasses: glasses)
      now = moment
      making = dice
    }

    mutating func person() -> PersonHeader {
      PersonHeader(
        id: .new(), kind: making.one(PersonKind.allCases), status: .customer,
        marks: making.one([[], [], .protected, .restricted, [.protected, .restricted]]),
        manager: making.one(rules.employees.keys.sorted { $0 < $1 }.map { $0 as UserID? } + [nil]))
    }
  }

  private static func spec(_ verb: String, _ permission: Permission, _ purpose: PurposeRule) -> CommandSpec {
    CommandSpec(
      verb: verb, summary: Text(en: "", fi: "", sv: ""), parameters: [], columns: [], permission: permission,
      purpose: purpose, effect: .read, log: .one, approval: .never, timeLimitMilliseconds: 1)
  }

  private static let specs: [CommandSpec] = [
    spec("person.show", .persons(CategorySet(.identity), .read), .required),
    spec("person.list", .persons(CategorySet(.identity), .read), .required),
    spec("a.contact", .persons(CategorySet(.contact), .read), .required),
    spec("a.write", .persons(CategorySet([.contact, .other]), .write), .required),
    spec("person.mark", .marks, .required), spec("person.merge", .object(.merge, .write), .required),
    spec("person.inform", .object(.informing, .write), .required), spec("a.users", .object(.users, .read), .none),
    spec("whoami", .object(.session, .read), .none), spec("a.optional", .object(.merge, .write), .optional),
  ]

  /// What happens in a session: whether there is a permit, and whether it does anything for the person.
  private func happens(
    _ world: World, _ spec: CommandSpec, _ user: UserID, _ purpose: Purpose?, _ person: PersonHeader?,
    session: SessionID
  ) -> Bool {
    let context = CommandContext(
      principal: Principal(user: user, name: "", session: session, address: ""), verb: spec.verb, purpose: purpose,
      caseReference: "", language: .english, deadline: .now())
    guard
      let permit = try? Policy(rules: world.rules).permit(
        context, permission: spec.permission, purposeRule: spec.purpose)
    else { return false }
    guard let person else { return true }
    let readable = permit.fields(of: person, .read)
    switch (spec.verb, spec.permission) {
    case ("person.show", _): return !readable.isEmpty
    case (_, .persons(let asked, .read)): return !readable.categories.isDisjoint(with: asked)
    case (_, .persons(let asked, let action)):
      return !readable.isEmpty && !permit.fields(of: person, action).categories.isDisjoint(with: asked)
    case (_, .marks):
      let marks: [PolicyObject] = [.markDeceased, .markDoNotContact, .markProtected]
      var isReached = false
      for mark in marks where permit.reaches(mark, .write, of: person) { isReached = true }
      return isReached && !readable.isEmpty
    case (_, .object(.merge, _)): return !readable.isEmpty || !permit.fields(of: person, .write).isEmpty
    case (_, .object(.informing, _)): return permit.reaches(.informing, .write, of: person) && !readable.isEmpty
    default: return true
    }
  }

  @Test func anExplanationAllowsJustWhatHappens() {
    var allowed = 0
    var refused = 0
    var inAnEmergency = 0
    for seed in 0..<80 {
      var world = World(seed: UInt64(seed))
      for user in world.rules.employees.keys.sorted(by: { $0 < $1 }) {
        let glass = world.rules.breakGlasses.values.first { $0.user == user && $0.isRunning(at: world.now) }
        for spec in Self.specs {
          let purpose = world.making.one(
            [nil, .customerCare, .customerCare, .dataSubjectRights, .sales] as [Purpose?])
          for person in [nil, world.person(), world.person()] {
            let taken = spec.purpose == .none ? nil : purpose
            let explanation = PolicyExplanation(
              world.rules, spec, user: user, purpose: purpose, person: person, at: world.now)
            let plain = happens(world, spec, user, taken, person, session: .new())
            let wide = glass.map { happens(world, spec, user, taken, person, session: $0.session) } ?? plain
            #expect(
              explanation.isAllowed == (plain || wide),
              "seed \(seed) \(spec.verb) \(purpose?.name ?? "-"): \(explanation.because.en)")
            for language in Language.allCases { #expect(!explanation.because[language].isEmpty) }
            if plain { allowed += 1 } else { refused += 1 }
            if wide, !plain { inAnEmergency += 1 }
          }
        }
      }
    }
    // The worlds are such that all of it is met.
    #expect(allowed > 500 && refused > 500 && inAnEmergency > 20, "\(allowed) \(refused) \(inAnEmergency)")
  }

  @Test func theCategoriesToldAreThoseThatAreReached() {
    let spec = Self.specs[0]
    for seed in 0..<150 {
      var world = World(seed: UInt64(seed))
      for user in world.rules.employees.keys.sorted(by: { $0 < $1 }) {
        let person = world.person()
        let glass = world.rules.breakGlasses.values.first { $0.user == user && $0.isRunning(at: world.now) }
        let explanation = PolicyExplanation(
          world.rules, spec, user: user, purpose: .customerCare, person: person, at: world.now)
        let plain = categories(world, spec, user, person, session: .new())
        let wide = glass.map { categories(world, spec, user, person, session: $0.session) } ?? []
        #expect((explanation.categories ?? []) == (wide.isEmpty ? plain : wide), "seed \(seed)")
      }
    }
  }

  /// The categories of a person that can be read in a session.
  private func categories(
    _ world: World, _ spec: CommandSpec, _ user: UserID, _ person: PersonHeader, session: SessionID
  ) -> CategorySet {
    let context = CommandContext(
      principal: Principal(user: user, name: "", session: session, address: ""), verb: spec.verb,
      purpose: .customerCare, caseReference: "", language: .english, deadline: .now())
    guard
      let permit = try? Policy(rules: world.rules).permit(
        context, permission: spec.permission, purposeRule: spec.purpose)
    else { return [] }
    return permit.fields(of: person, .read).categories
  }
}
