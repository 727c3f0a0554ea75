import Custody
import Model
import Postgres
import Wire

extension Installation {
  /// The account that the demonstration's persons are stored by: its customer-service employee.
  public static let demoLoader = "maija"
  /// The employee who has every third of them as an own customer.
  public static let demoManager = "sami"

  /// Fills an empty register with invented organisations and persons, sealed and logged like any others.
  ///
  /// - Parameter progress: Called with how many persons are stored.
  public static func loadDemo(
    _ register: Register, persons: Int, organisations: Int, seed: UInt64 = 2_982_077,
    progress: @Sendable (Int) -> Void
  ) async throws {
    let rules = register.custody.currentRules
    guard let loader = rules.employee(named: demoLoader) else { throw RegisterError.internal }
    let manager = rules.employee(named: demoManager)?.id
    let principal = Principal(user: loader.id, name: loader.name, session: .new(), address: "demo")
    let ids = try await loadOrganisations(register, principal, organisations, seed)
    var done = try await register.store.personCount()
    var chunk: [ImportRow] = []
    for row in DemoRegister.persons(count: persons, seed: seed, organisations: organisations).dropFirst(done) {
      chunk.append(row)
      if chunk.count == 2000 {
        try await store(chunk, ids, manager, register, principal)
        done += chunk.count
        chunk = []
        progress(done)
      }
    }
    if !chunk.isEmpty { try await store(chunk, ids, manager, register, principal) }
    progress(done + chunk.count)
  }

  private static func context(_ principal: Principal, _ verb: String) -> CommandContext {
    CommandContext(
      principal: principal, verb: verb, purpose: .customerCare, caseReference: "", language: .english,
      deadline: Tick.now().adding(milliseconds: 120_000))
  }

  private static func loadOrganisations(
    _ register: Register, _ principal: Principal, _ count: Int, _ seed: UInt64
  ) async throws -> [String: OrganisationID] {
    var known: [String: OrganisationID] = [:]
    var after: OrganisationID?
    while true {
      let page = try await register.store.organisations(after: after, limit: 5000)
      guard let last = page.last else { break }
      for organisation in page { if let id = organisation.businessID { known[id] = organisation.id } }
      after = last.id
    }
    var fresh: [Organisation] = []
    for demo in DemoRegister.organisations(count: count, seed: seed) {
      guard let businessID = demo.organisation.businessID?.description, known[businessID] == nil else { continue }
      let organisation = Organisation(demo)
      known[businessID] = organisation.id
      fresh.append(organisation)
    }
    for start in stride(from: 0, to: fresh.count, by: 500) {
      let part = Array(fresh[start..<min(start + 500, fresh.count)])
      let permit = try register.custody.permit(
        context(principal, OrganisationAdd.spec.verb), permission: OrganisationAdd.spec.permission,
        purposeRule: OrganisationAdd.spec.purpose)
      var announced: [Int64] = []
      let written = try await register.custody.commit(permit, deadline: Tick.now().adding(milliseconds: 120_000)) {
        change in
        _ = try await change.transaction.run(part.map(\.insert))
        announced = try await Store.announce(
          persons: [], organisations: part.map(\.id), in: change.transaction)
        change.note(rows: part.count)
        return Custody.Answer()
      }
      register.directory.apply(written.directory, organisations: part, announced: announced)
    }
    return known
  }

  private static func store(
    _ rows: [ImportRow], _ organisations: [String: OrganisationID], _ manager: UserID?, _ register: Register,
    _ principal: Principal
  ) async throws {
    let permit = try register.custody.permit(
      context(principal, PersonImport.spec.verb), permission: PersonImport.spec.permission,
      purposeRule: PersonImport.spec.purpose)
    var announced: [Int64] = []
    let written = try await register.custody.commit(permit, deadline: Tick.now().adding(milliseconds: 120_000)) {
      change in
      let persons = rows.map { row in
        var person = ImportStorage.person(row, organisations, change)
        if row.row % 3 == 0 { person.header.manager = manager }
        return person
      }
      try await change.insert(persons) {
        [Store.history(ofNew: $0, by: principal.user, verb: PersonImport.spec.verb)]
      }
      announced = try await Store.announce(
        persons: change.changedPersons, organisations: [], in: change.transaction)
      return Custody.Answer()
    }
    register.directory.apply(written.directory, announced: announced)
  }
}

extension Organisation {
  /// An invented organisation as a row.
  init(_ demo: DemoOrganisation) {
    self.init(id: .new(), name: demo.organisation.name.description)
    businessID = demo.organisation.businessID?.description
    form = demo.form.description
    industry = demo.industry.description
    status = demo.status
    phone = demo.phone.description
    email = demo.email.description
    street = demo.address?.street?.description ?? ""
    postcode = demo.address?.postcode?.description ?? ""
    town = demo.address?.town?.description ?? ""
    country = demo.address?.country.description ?? ""
    source = .publicRegister
  }
}
