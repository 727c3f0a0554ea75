import Custody
import Model

/// By which keys a person is known to be in the register already: hashes of `MatchKeys`, in memory only, under a key of
/// this process.
struct PersonKeys {
  private var owners: [UInt64: PersonID] = [:]
  private var single: [PersonID: UInt64] = [:]
  private var several: [PersonID: [UInt64]] = [:]

  /// Whose key it is, if anybody's.
  func owner(of key: String) -> PersonID? { owners[Self.hash(key)] }

  mutating func set(_ person: PersonID, _ keys: [String]) {
    remove(person)
    let hashes = keys.map(Self.hash)
    for hash in hashes where owners[hash] == nil { owners[hash] = person }
    if hashes.count == 1 { single[person] = hashes[0] } else if !hashes.isEmpty { several[person] = hashes }
  }

  mutating func remove(_ person: PersonID) {
    let hashes = single.removeValue(forKey: person).map { [$0] } ?? several.removeValue(forKey: person) ?? []
    for hash in hashes where owners[hash] == person { owners.removeValue(forKey: hash) }
  }

  mutating func reserve(_ count: Int) {
    owners.reserveCapacity(count)
    single.reserveCapacity(count)
  }

  private static func hash(_ key: String) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(key)
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }

  /// The keys of a person in the register.
  static func keys(of record: DirectoryRecord, organisationKey: (OrganisationID) -> String?) -> [String] {
    // As they are stored they are addresses: this is what `EmailAddress.canonical` says.
    let emails = record.emails.map { $0.lowercased() }
    let organisations = record.organisations.compactMap(organisationKey)
    let bases: [String?] = organisations.isEmpty ? [nil] : organisations
    return bases.flatMap { organisation in
      MatchKeys.keys(
        base: MatchKeys.base(organisation: organisation, businessID: record.businessID, name: record.fullName),
        emails: emails, phones: record.phones, address: record.address)
    }
  }
}
