import Model
public import Wire

/// Rows given as JSON objects whose keys are the protocol's parameters.
///
/// Values are strings; null counts as left out; `email` and `phone` may be arrays of strings.
public enum JSONRows {
  /// The person of an object, or what is wrong with it. An unknown key is told by its number, since it may hold anything.
  public static func outcome(row: Int, _ json: JSON, defaults: ImportDefaults = ImportDefaults()) -> ImportOutcome {
    var rules = RowRules(
      row: row, defaults: defaults, nameColumn: ImportField.firstName.name, sourceColumn: ImportField.source.name)
    guard case .object(let object) = json else {
      rules.refuse("#1", "row", ImportReasons.notObject)
      return rules.outcome()
    }
    for (index, member) in object.enumerated() {
      guard let field = ImportField(rawValue: member.key) else {
        rules.refuse("#\(index + 1)", "row", ImportReasons.unknownKey)
        continue
      }
      add(member.value, of: field, to: &rules)
    }
    let outcome = rules.outcome()
    guard case .blank = outcome else { return outcome }
    // An empty line of a file is no row; an object without anything is one.
    rules.refuse(ImportField.firstName.name, ImportField.firstName.name, ImportReasons.nameMissing)
    return rules.outcome()
  }

  private static func add(_ value: JSON, of field: ImportField, to rules: inout RowRules) {
    switch value {
    case .null: break
    case .string(let text): rules.add(text, field: field, column: field.name)
    case .array(let values) where field.isRepeatable:
      for element in values {
        guard case .string(let text) = element else {
          rules.refuse(field.name, field.name, ImportReasons.notText)
          return
        }
        rules.add(text, field: field, column: field.name)
      }
    default: rules.refuse(field.name, field.name, ImportReasons.notText)
    }
  }
}
