public import Model

/// Proof that the access log holds, durably, the entries for what is about to be shown.
///
/// Only a ledger's confirmed commit leads to one. It names exactly the persons and fields that its entries name; only
/// those can be opened with it, and only with it is an answer made.
public struct Receipt: ~Copyable, Sendable {
  /// The fields of each person that the entries name, in the order asked for.
  let named: [(person: PersonID, fields: FieldSet)]
  /// The request that the entries carry.
  public let request: RequestID

  init(named: [(person: PersonID, fields: FieldSet)], request: RequestID) {
    self.named = named
    self.request = request
  }

  /// Whether it names a person, or a text of the register's own by its id.
  func names(_ id: PersonID) -> Bool { named.contains { $0.person == id } }

  /// The fields of a person that it names; none where it does not name the person.
  public func fields(of person: PersonID) -> FieldSet {
    named.first { $0.person == person }?.fields ?? []
  }
}
