import Model

/// A cell that is not empty, and where it stood.
struct ImportCell {
  let field: ImportField
  let column: String
  let text: String
}

/// Makes a person of the cells of one row, or tells everything that is wrong with them.
struct RowRules {
  let row: Int
  let defaults: ImportDefaults
  /// The column that a missing name is told of.
  let nameColumn: String
  /// The column that a missing source is told of.
  let sourceColumn: String
  private var cells: [ImportCell?] = Array(repeating: nil, count: ImportField.allCases.count)
  private var emails: [ImportCell] = []
  private var phones: [ImportCell] = []
  private var problems: [RowProblem] = []

  init(row: Int, defaults: ImportDefaults, nameColumn: String, sourceColumn: String) {
    self.row = row
    self.defaults = defaults
    self.nameColumn = nameColumn
    self.sourceColumn = sourceColumn
  }

  /// Adds a cell; empty ones count as missing.
  mutating func add(_ text: String, field: ImportField, column: String) {
    let text = TextRules.trimmed(text)
    if text.isEmpty { return }
    let cell = ImportCell(field: field, column: column, text: text)
    switch field {
    case .email: emails.append(cell)
    case .phone: phones.append(cell)
    default: cells[field.index] = cell
    }
  }

  /// Tells of a problem that was found before the rules.
  mutating func refuse(_ column: String, _ parameter: String, _ reason: Text) {
    problems.append(RowProblem(row: row, column: column, code: "invalid/\(parameter)", reason: reason))
  }

  /// What the row is.
  mutating func outcome() -> ImportOutcome {
    let isBlank = emails.isEmpty && phones.isEmpty && !cells.contains { $0 != nil }
    if isBlank && problems.isEmpty { return .blank }
    let kind = readKind()
    let businessID: BusinessID? = value(.businessID)
    var person = ImportRow(
      row: row, kind: kind, firstName: value(.firstName), lastName: value(.lastName),
      status: word(.status, ImportWords.status) ?? defaults.status,
      language: word(.language, ImportWords.language) ?? defaults.language, source: defaults.source ?? .other)
    if cells[ImportField.firstName.index] == nil && cells[ImportField.lastName.index] == nil {
      refuse(nameColumn, nameParameter, ImportReasons.nameMissing)
    }
    readOrganisation(into: &person, businessID: businessID)
    readProfession(into: &person)
    readContacts(into: &person)
    readSource(into: &person)
    person.note = value(.note)
    return problems.isEmpty ? .row(person) : .refused(problems)
  }

  private var nameParameter: String { (ImportField.named(nameColumn) ?? .firstName).name }

  private mutating func readKind() -> PersonKind {
    let kind = word(.kind, ImportWords.kind)
    return kind ?? (cells[ImportField.organisation.index] == nil ? .private : .contact)
  }

  private mutating func readOrganisation(into person: inout ImportRow, businessID: BusinessID?) {
    let name: ShortText? = value(.organisation)
    if person.kind == .private {
      person.businessID = businessID
      if let cell = cells[ImportField.organisation.index] { refuse(cell, ImportReasons.organisationOfPrivate) }
    } else if let name {
      person.organisation = ImportOrganisation(name: name, businessID: businessID)
    } else if cells[ImportField.organisation.index] == nil, let cell = cells[ImportField.kind.index] {
      refuse(cell.column, ImportField.organisation.name, ImportReasons.organisationNeeded)
    }
  }

  private mutating func readProfession(into person: inout ImportRow) {
    guard person.kind == .contact else {
      for field in [ImportField.gender, .title, .position] {
        if let cell = cells[field.index] { refuse(cell, ImportReasons.contactOnly) }
      }
      return
    }
    person.title = value(.title)
    person.position = value(.position)
    person.gender = word(.gender, ImportWords.gender) ?? nil
  }

  private mutating func readContacts(into person: inout ImportRow) {
    let country = word(.country, ImportWords.country) ?? defaults.country
    for cell in emails {
      guard
        let email = read(cell, { text, name throws(RegisterError) in try EmailAddress.parse(text, parameter: name) }),
        !person.emails.contains(where: { $0.canonical == email.canonical })
      else { continue }
      person.emails.append(email)
    }
    for cell in phones {
      guard
        let phone = read(
          cell, { text, name throws(RegisterError) in try PhoneNumber.parse(text, parameter: name, country: country) }),
        !person.phones.contains(phone)
      else { continue }
      person.phones.append(phone)
    }
    for many in [emails, phones] where many.count > Limits.contactsPerKindMax {
      refuse(many[Limits.contactsPerKindMax], ImportReasons.tooMany)
    }
    var postcode: Postcode?
    if let cell = cells[ImportField.postcode.index] {
      postcode = read(cell) { text, name throws(RegisterError) in
        try Postcode.parse(text, parameter: name, country: country)
      }
    }
    person.address = ImportAddress(
      street: value(.street), postcode: postcode, town: value(.town), country: country)
  }

  /// A source may carry its word after a colon: `muu: messut`.
  private mutating func readSource(into person: inout ImportRow) {
    person.sourceNote = value(.sourceNote)
    guard let cell = cells[ImportField.source.index] else {
      guard let source = defaults.source else {
        refuse(sourceColumn, ImportField.source.name, ImportReasons.sourceMissing)
        return
      }
      if person.sourceNote == nil { person.sourceNote = defaults.sourceNote }
      if source == .other && person.sourceNote == nil && cells[ImportField.sourceNote.index] == nil {
        refuse(sourceColumn, ImportField.sourceNote.name, ImportReasons.sourceNoteMissing)
      }
      return
    }
    let parts = cell.text.split(separator: ":", maxSplits: 1)
    guard let head = parts.first, let source = ImportWords.source(String(head)) else {
      return refuse(cell, ImportReasons.unknownWord)
    }
    person.source = source
    if person.sourceNote == nil, parts.count == 2 {
      let rest = ImportCell(field: .sourceNote, column: cell.column, text: String(parts[1]))
      person.sourceNote = read(rest) { text, name throws(RegisterError) in try ShortText.parse(text, parameter: name) }
    } else if source == .other && cells[ImportField.sourceNote.index] == nil {
      refuse(cell.column, ImportField.sourceNote.name, ImportReasons.sourceNoteMissing)
    }
  }

  private mutating func value<Value: TextualValue>(_ field: ImportField) -> Value? {
    guard let cell = cells[field.index] else { return nil }
    return read(cell) { text, name throws(RegisterError) in try Value.parse(text, parameter: name) }
  }

  private mutating func word<Value>(_ field: ImportField, _ meaning: (String) -> Value?) -> Value? {
    guard let cell = cells[field.index] else { return nil }
    let value = meaning(cell.text)
    if value == nil { refuse(cell, ImportReasons.unknownWord) }
    return value
  }

  private mutating func read<Value>(
    _ cell: ImportCell, _ parse: (String, String) throws(RegisterError) -> Value
  ) -> Value? {
    do {
      return try parse(cell.text, cell.field.name)
    } catch {
      problems.append(RowProblem(row: row, column: cell.column, code: error.code, reason: error.message))
      return nil
    }
  }

  private mutating func refuse(_ cell: ImportCell, _ reason: Text) { refuse(cell.column, cell.field.name, reason) }
}

extension ImportField {
  /// The field's place among all.
  var index: Int { ImportField.places[self] ?? 0 }

  private static let places = Dictionary(uniqueKeysWithValues: zip(ImportField.allCases, 0...))
}
