import Model
import Wire

/// A page of a list that is at hand whole: where it begins and how many rows it has (PROTOCOL.md section 5).
struct ListPage: Sendable {
  /// `after` and `limit`, for lists whose rows have ids.
  static let parameters: [ParameterSpec] = [
    .init("after", .id, required: false, personal: false, Words.after),
    .init("limit", .int(1...Limits.listRowsMax), required: false, personal: false, Words.limit),
  ]

  private let after: String?
  private let limit: Int

  /// Reads `after` and `limit`.
  ///
  /// - Parameter name: Checks a name that is no id, and gives it as the rows have it; nil for a list of ids.
  init(_ arguments: Arguments, limit most: Int = Limits.listRowsMax, name: ((String) -> String?)? = nil)
    throws(RegisterError)
  {
    if let name {
      after = try arguments.word("after", name)
    } else {
      after = try arguments.optionalID("after", as: ID<Named.Request>.self)?.description
    }
    limit = try arguments.int("limit", in: 1...most, default: most)
  }

  /// The rows of the page, and what the next one begins after; nil where this is the last.
  ///
  /// - Throws: `notfound` where the row to go on after is not there any more.
  func cut<Row>(_ rows: [Row], by id: (Row) -> String) throws(RegisterError) -> (rows: ArraySlice<Row>, next: String?) {
    var rest = rows[...]
    if let after {
      guard let index = rows.firstIndex(where: { id($0) == after }) else { throw RegisterError.notFound }
      rest = rows[(index + 1)...]
    }
    let page = rest.prefix(limit)
    return (page, rest.count > limit ? page.last.map(id) : nil)
  }

  /// What the last line says of the next page.
  static func ending(_ next: String?) -> JSONObject { next.map { ["next": .string($0)] } ?? [:] }
}
