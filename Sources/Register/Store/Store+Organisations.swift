import Custody
import Model
import Postgres

/// An organisation's row; nothing of it is personal data.
struct Organisation: Sendable {
  var id: OrganisationID
  var rev: Int32 = 1
  var name: String
  var businessID: String?
  var form = ""
  var industry = ""
  var status: CustomerStatus = .prospect
  var phone = ""
  var email = ""
  var street = ""
  var postcode = ""
  var town = ""
  var country = ""
  var website = ""
  var manager: UserID?
  var source: DataSource = .organisation
  var sourceNote = ""

  static let columns = SQL(
    raw: """
      id, rev, name, business_id, form, industry, status, phone, email, street, postcode, town, country, website,
      manager, source, source_note
      """)

  /// What an import knows it by.
  var matchKey: String { ImportOrganisation.matchKey(businessID: businessID, name: name) }

  init(id: OrganisationID, name: String) {
    self.id = id
    self.name = name
  }

  init(_ row: Row) throws {
    guard let status = CustomerStatus(rawValue: UInt8(clamping: try row.int16(6))),
      let source = DataSource(rawValue: UInt8(clamping: try row.int16(15)))
    else { throw RegisterError.internal }
    id = try row.id(0)
    rev = try row.int32(1)
    name = try row.string(2)
    businessID = try row.get(3, as: String?.self)
    form = try row.string(4)
    industry = try row.string(5)
    self.status = status
    phone = try row.string(7)
    email = try row.string(8)
    street = try row.string(9)
    postcode = try row.string(10)
    town = try row.string(11)
    country = try row.string(12)
    website = try row.string(13)
    manager = try row.get(14, as: UserID?.self)
    self.source = source
    sourceNote = try row.string(16)
  }

  var insert: SQL {
    """
    INSERT INTO organisation (\(Self.columns)) VALUES (\(id), \(rev), \(name), \(businessID), \(form), \(industry),
      \(Int16(status.rawValue)), \(phone), \(email), \(street), \(postcode), \(town), \(country), \(website), \(manager),
      \(Int16(source.rawValue)), \(sourceNote))
    """
  }

  var update: SQL {
    """
    UPDATE organisation SET rev = rev + 1, name = \(name), business_id = \(businessID), form = \(form),
      industry = \(industry), status = \(Int16(status.rawValue)), phone = \(phone), email = \(email),
      street = \(street), postcode = \(postcode), town = \(town), country = \(country), website = \(website),
      manager = \(manager), source = \(Int16(source.rawValue)), source_note = \(sourceNote), changed_at = now()
    WHERE id = \(id)
    """
  }
}

extension Store {
  /// Organisations by id, in no order.
  func organisations(_ ids: [OrganisationID]) async throws -> [Organisation] {
    guard !ids.isEmpty else { return [] }
    return try await pool.query(
      "SELECT \(Organisation.columns) FROM organisation WHERE id = ANY (\(ids))",
      deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds)
    ).map { try Organisation($0) }
  }

  /// A page of organisations in the order of their names.
  ///
  /// - Throws: `notfound` where there is none to go on after.
  func organisationPage(after: OrganisationID?, manager: UserID?, limit: Int) async throws -> [Organisation] {
    var sql: SQL = "SELECT \(Organisation.columns) FROM organisation WHERE true"
    if let after {
      if try await organisations([after]).isEmpty { throw RegisterError.notFound }
      sql += " AND (name, id) > (SELECT name, id FROM organisation WHERE id = \(after))"
    }
    if let manager { sql += " AND manager = \(manager)" }
    sql += " ORDER BY name, id LIMIT \(Int64(limit))"
    return try await pool.query(sql, deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds)).map {
      try Organisation($0)
    }
  }

  /// An organisation whose row this transaction locks.
  static func lockOrganisation(_ id: OrganisationID, in transaction: Transaction) async throws -> Organisation? {
    try await transaction.query(
      "SELECT \(Organisation.columns) FROM organisation WHERE id = \(id) FOR UPDATE"
    ).first.map { try Organisation($0) }
  }

  /// The organisation with a business id.
  static func organisation(businessID: String, in transaction: Transaction) async throws -> OrganisationID? {
    try await transaction.query("SELECT id FROM organisation WHERE business_id = \(businessID)").first.map {
      try $0.id(0)
    }
  }
}

extension Store {
  /// The organisation with a business id.
  func organisation(businessID: String) async throws -> Organisation? {
    try await pool.query(
      "SELECT \(Organisation.columns) FROM organisation WHERE business_id = \(businessID)",
      deadline: Tick.now().adding(milliseconds: Limits.queryMilliseconds)
    ).first.map { try Organisation($0) }
  }

  /// Organisations by business id or by id, the oldest last.
  static func organisations(
    businessIDs: [String], ids: [OrganisationID], _ run: ([SQL]) async throws -> [Rows]
  ) async throws -> [Organisation] {
    try await run([
      """
      SELECT \(Organisation.columns) FROM organisation
      WHERE business_id = ANY (\(businessIDs)) OR id = ANY (\(ids)) ORDER BY id DESC
      """
    ]).joined().map { try Organisation($0) }
  }
}
