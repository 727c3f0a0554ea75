import Custody
import Model
import Postgres

/// What of a file is in the register already, as far as whoever reads it in may know.
///
/// A person is nobody to them where they may not see all that a row is compared by: no `exists` tells of one (REGISTER.md
/// section 4).
struct ImportMatches {
  /// Rows that are nobody in the register yet.
  private(set) var fresh: [ImportRow] = []
  /// The numbers of the others.
  private(set) var duplicates: [Int] = []
  /// Whom those are, each once.
  private(set) var persons: [PersonID] = []

  /// Everybody in the register whom rows may be.
  struct Candidates {
    fileprivate let rows: [ImportRow]
    fileprivate let owners: [[PersonID]]
    /// The clear columns of all of them.
    let headers: [PersonHeader]

    /// Looks for rows in the directory.
    init(_ rows: [ImportRow], _ directory: Directory, _ run: ([SQL]) async throws -> [Rows]) async throws {
      self.rows = rows
      owners = directory.owners(of: rows.map(\.matchKeys))
      headers = try await PersonFetch.headers(Array(Set(owners.joined())), run)
    }
  }

  /// Sorts the rows, with the fields of each candidate that may be read.
  init(_ candidates: Candidates, readable: [PersonID: FieldSet]) {
    var seen: Set<String> = []
    var named: Set<PersonID> = []
    for (row, owners) in zip(candidates.rows, candidates.owners) {
      let keys = row.matchKeys
      let needed = row.matchFields
      let owner = owners.first { readable[$0, default: []].isSuperset(of: needed) }
      if let owner, named.insert(owner).inserted { persons.append(owner) }
      if owner != nil || keys.contains(where: seen.contains) {
        duplicates.append(row.row)
      } else {
        seen.formUnion(keys)
        fresh.append(row)
      }
    }
  }
}

extension ImportRow {
  /// The fields that it is compared by.
  fileprivate var matchFields: FieldSet {
    var fields = FieldSet([Field.firstName, .lastName])
    if !emails.isEmpty { fields.insert(FieldSet(.email)) }
    if !phones.isEmpty { fields.insert(FieldSet(.phone)) }
    if emails.isEmpty, phones.isEmpty { fields.formUnion(FieldSet([Field.street, .postcode, .town])) }
    return fields
  }
}
