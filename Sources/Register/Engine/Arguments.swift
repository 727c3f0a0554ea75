public import Model
public import Wire

/// A command's parameters as they came, read by type. Errors name the parameter and never repeat the value.
public struct Arguments: Sendable {
  /// As they came: few enough to be searched one by one.
  private let parameters: [Parameter]

  /// The parameters of a line, whose names the engine has checked.
  public init(_ parameters: [Parameter]) {
    self.parameters = parameters
  }

  /// The value as it came; nil where it was not given.
  public func text(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

  /// The value, which must be given and not be empty.
  public func required(_ name: String) throws(RegisterError) -> String {
    guard let value = text(name), !value.isEmpty else { throw .invalid(name, Self.missing) }
    return value
  }

  /// An id that must be given.
  public func id<Named>(_ name: String, as _: ID<Named>.Type = ID<Named>.self) throws(RegisterError) -> ID<Named> {
    guard let id = ID<Named>(try required(name)) else { throw .invalid(name, Self.noID) }
    return id
  }

  /// An id that may be left out.
  public func optionalID<Named>(_ name: String, as _: ID<Named>.Type = ID<Named>.self) throws(RegisterError) -> ID<
    Named
  >? {
    guard let value = text(name), !value.isEmpty else { return nil }
    guard let id = ID<Named>(value) else { throw .invalid(name, Self.noID) }
    return id
  }

  /// A number within a range, or what it is where left out.
  public func int(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws(RegisterError) -> Int {
    guard let value = text(name) else { return standard }
    guard let number = Int(value), range.contains(number) else {
      throw .invalid(
        name,
        Text(
          en: "A number from \(range.lowerBound) to \(range.upperBound) is needed.",
          fi: "Tähän tarvitaan luku väliltä \(range.lowerBound)–\(range.upperBound).",
          sv: "Här behövs ett tal mellan \(range.lowerBound) och \(range.upperBound)."))
    }
    return number
  }

  /// A revision, which must be given.
  public func rev() throws(RegisterError) -> Int32 {
    guard let rev = Int32(try required("rev")), rev > 0 else {
      throw .invalid(
        "rev",
        Text(en: "A revision number is needed.", fi: "Tarvitaan version numero.", sv: "Ett revisionsnummer behövs."))
    }
    return rev
  }

  /// A flag: bare or `true` is true, `false` or left out is false.
  public func flag(_ name: String) throws(RegisterError) -> Bool {
    switch text(name) {
    case nil, "false": return false
    case "true": return true
    default:
      throw .invalid(
        name, Text(en: "true or false is needed.", fi: "Anna true tai false.", sv: "Ange true eller false."))
    }
  }

  /// A point in time that may be left out.
  public func instant(_ name: String) throws(RegisterError) -> Instant? {
    guard let value = text(name) else { return nil }
    guard let instant = Instant(value) else {
      throw .invalid(
        name,
        Text(
          en: "A time such as 2026-01-31 or 2026-01-31T12:00:00Z is needed.",
          fi: "Anna aika muodossa 2026-01-31 tai 2026-01-31T12:00:00Z.",
          sv: "Ange en tid som 2026-01-31 eller 2026-01-31T12:00:00Z."))
    }
    return instant
  }

  /// A word of a type with fixed words, which may be left out.
  public func word<Value>(_ name: String, _ make: (String) -> Value?) throws(RegisterError) -> Value? {
    guard let value = text(name), !value.isEmpty else { return nil }
    guard let result = make(value) else { throw .invalid(name, Self.unknownWord) }
    return result
  }

  /// A word of a type with fixed words, which must be given.
  public func requiredWord<Value>(_ name: String, _ make: (String) -> Value?) throws(RegisterError) -> Value {
    guard let result = make(try required(name)) else { throw .invalid(name, Self.unknownWord) }
    return result
  }

  /// Words separated by commas, which may be left out.
  public func words<Value>(_ name: String, _ make: (String) -> Value?) throws(RegisterError) -> [Value]? {
    guard let value = text(name), !value.isEmpty else { return nil }
    var result: [Value] = []
    for word in value.split(separator: ",", omittingEmptySubsequences: false) {
      guard let item = make(String(word)) else { throw .invalid(name, Self.unknownWord) }
      result.append(item)
    }
    return result
  }

  static let missing = Text(en: "This is needed.", fi: "Tämä tarvitaan.", sv: "Detta behövs.")
  static let noID = Text(en: "This is not an id.", fi: "Tämä ei ole tunniste.", sv: "Detta är inte ett id.")
  static let unknownWord = Text(
    en: "This is not one of the words allowed here.", fi: "Tämä ei ole sallittu sana.",
    sv: "Detta är inte ett tillåtet ord.")
}
