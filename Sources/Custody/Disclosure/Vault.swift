public import Model
@_spi(Custody) import Sealing

/// Opens sealed data. The one place in the program that does, and only for a receipt.
public struct Vault: Sendable {
  let keys: KeyStore

  init(keys: KeyStore) { self.keys = keys }

  /// The data of a person that the receipt names, from the parts given.
  ///
  /// - Throws: `SealedDataLost` where a key or its sealed data is damaged; `notfound` where it has been destroyed.
  public func open(_ person: SealedPerson, _ receipt: borrowing Receipt) throws -> [Datum] {
    let fields = receipt.fields(of: person.header.id)
    guard !fields.isEmpty else { return [] }
    let categories = fields.categories
    var data: [Datum] = []
    for part in person.parts where categories.contains(part.category) {
      data.append(contentsOf: try open(part, of: person.header.id, only: fields))
    }
    return data
  }

  /// The data of one sealed category; for Custody's own use in resealing and for the directory.
  func open(_ part: SealedPart, of person: PersonID, only fields: FieldSet = .all) throws -> [Datum] {
    let key: SubjectKey
    do {
      key = try keys.key(slot: part.slot, person: person, category: part.category)
    } catch {
      switch error {
      case .destroyed: throw RegisterError.notFound
      case .absent, .damaged: throw SealedDataLost(person: person, category: part.category, slot: part.slot)
      default: throw RegisterError.unavailableKeys
      }
    }
    let plaintext: [UInt8]
    do {
      plaintext = try FieldSeal.unsealWithoutReceipt(
        part.bytes, under: key, context: .part(of: person, part.category))
    } catch {
      throw SealedDataLost(person: person, category: part.category, slot: part.slot)
    }
    guard let data = DatumCoding.decode(plaintext, only: fields) else {
      throw SealedDataLost(person: person, category: part.category, slot: part.slot)
    }
    return data
  }

  /// A text of the register's own that the receipt names.
  ///
  /// - Throws: `notfound` where it has been destroyed or the receipt does not name it; `SealedDataLost`.
  public func open(_ record: SealedRecord, _ seal: RecordSeal, _ receipt: borrowing Receipt) throws -> [UInt8] {
    guard receipt.names(seal.owner), !record.isGone else { throw RegisterError.notFound }
    do {
      let key = try keys.key(slot: record.slot, person: seal.owner, category: .other)
      return try FieldSeal.unsealWithoutReceipt(record.bytes, under: key, context: seal.context)
    } catch KeyFault.destroyed {
      throw RegisterError.notFound
    } catch {
      throw SealedDataLost(person: seal.owner, category: .other, slot: record.slot)
    }
  }

  /// Seals the data of one category under a key that was just allocated.
  func seal(_ data: [Datum], of person: PersonID, _ category: Category, slot: Int64, under key: SubjectKey) throws
    -> SealedPart
  {
    SealedPart(
      category: category, slot: slot,
      bytes: try FieldSeal.seal(DatumCoding.encode(data), under: key, context: .part(of: person, category)))
  }
}

/// A key or sealed data is damaged though nothing destroyed it: an alarm, never taken for an erasure.
public struct SealedDataLost: Error, Sendable {
  /// Whose data.
  public let person: PersonID
  /// Which category.
  public let category: Category
  /// The key's place.
  public let slot: Int64
}

extension SealContext {
  /// The table `person_part`, whose rows are named by person and category.
  static func part(of person: PersonID, _ category: Category) -> SealContext {
    SealContext(table: 1, row: (person.high, person.low), person: person, category: category)
  }
}
