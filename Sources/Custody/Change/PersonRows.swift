public import Model
import Postgres

/// Statements that store persons and their sealed parts.
enum PersonRows {
  static func insert(_ headers: [PersonHeader]) -> SQL {
    """
    INSERT INTO person (id, rev, kind, status, marks, language, manager)
    SELECT * FROM unnest(\(headers.map(\.id)), \(headers.map(\.rev)), \(headers.map { Int16($0.kind.rawValue) }),
      \(headers.map { Int16($0.status.rawValue) }), \(headers.map { Int16(bitPattern: $0.marks.rawValue) }),
      \(headers.map { $0.language.code }), \(headers.map(\.manager)))
    """
  }
}

/// Sealed parts laid out as columns.
struct PartRows {
  private var person: [PersonID] = []
  private var category: [Int16] = []
  private var slot: [Int64] = []
  private var sealed: [[UInt8]] = []

  mutating func append(_ id: PersonID, _ part: SealedPart) {
    person.append(id)
    category.append(Int16(part.category.rawValue))
    slot.append(part.slot)
    sealed.append(part.bytes)
  }

  var insert: SQL {
    """
    INSERT INTO person_part (person, category, slot, sealed)
    SELECT * FROM unnest(\(person), \(category), \(slot), \(sealed))
    """
  }

  var upsert: SQL {
    insert + " ON CONFLICT (person, category) DO UPDATE SET slot = EXCLUDED.slot, sealed = EXCLUDED.sealed"
  }
}

extension Language {
  /// The stored number.
  public var code: Int16 {
    switch self {
    case .finnish: 1
    case .swedish: 2
    case .english: 3
    }
  }

  /// The language of a stored number.
  public init?(code: Int16) {
    switch code {
    case 1: self = .finnish
    case 2: self = .swedish
    case 3: self = .english
    default: return nil
    }
  }
}
