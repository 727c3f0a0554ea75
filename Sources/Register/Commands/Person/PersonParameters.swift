import Custody
import Model

/// The parameters that commands on persons share, with the checks that the notice and the law ask for.
enum PersonParameters {
  static let data: [ParameterSpec] = [
    .init("first-name", .text, required: false, personal: true, Words.firstName),
    .init("last-name", .text, required: false, personal: true, Words.lastName),
    .init("gender", .word(Gender.allCases.map(\.name)), required: false, personal: true, Words.gender),
    .init("phone", .text, required: false, personal: true, Words.phone),
    .init("email", .text, required: false, personal: true, Words.email),
    .init("street", .text, required: false, personal: true, Words.street),
    .init("postcode", .text, required: false, personal: true, Words.postcode),
    .init("town", .text, required: false, personal: true, Words.town),
    .init("country", .text, required: false, personal: true, Words.country),
    .init("title", .text, required: false, personal: true, Words.jobTitle),
    .init("position", .text, required: false, personal: true, Words.position),
    .init("business-id", .text, required: false, personal: true, Words.soleTrader),
    .init("note", .text, required: false, personal: true, Words.note),
  ]

  static let relationship: [ParameterSpec] = [
    .init("organisation", .id, required: false, personal: false, Words.organisation),
    .init("status", .word(CustomerStatus.allCases.map(\.name)), required: false, personal: false, Words.status),
    .init("manager", .id, required: false, personal: false, Words.manager),
    .init("language", .word(Language.allCases.map(\.rawValue)), required: false, personal: false, Words.letters),
  ]

  static let source: [ParameterSpec] = [
    .init("source", .word(DataSource.allCases.map(\.name)), required: false, personal: false, Words.source),
    .init("source-note", .text, required: false, personal: false, Words.sourceNote),
  ]

  /// Where values come from: `subject` unless told otherwise; `other` needs a word on which.
  static func origin(_ arguments: Arguments) throws(RegisterError) -> DatumEdit.Origin {
    let source = try arguments.word("source") { DataSource(name: $0) } ?? .subject
    let note = try arguments.text("source-note").map { text throws(RegisterError) in
      try ShortText.parse(text, parameter: "source-note").description
    }
    guard source != .other || note?.isEmpty == false else { throw .invalid("source-note", Arguments.missing) }
    return DatumEdit.Origin(source: source, note: note ?? "")
  }

  /// The values given, each checked and in its normal form; an empty value is nil: to be removed.
  static func values(_ arguments: Arguments) throws(RegisterError) -> [(field: Field, value: String?)] {
    var values: [(field: Field, value: String?)] = []
    let country = try arguments.text("country").flatMap { text throws(RegisterError) in
      text.isEmpty ? nil : try Country.parse(text, parameter: "country")
    }
    for field in Field.allCases {
      guard let text = arguments.text(field.name) else { continue }
      values.append((field, text.isEmpty ? nil : try check(field, text, country ?? .finland)))
    }
    return values
  }

  /// A value in its normal form.
  static func check(_ field: Field, _ text: String, _ country: Country) throws(RegisterError) -> String {
    let name = field.name
    return switch field {
    case .firstName, .lastName, .street, .town, .title, .position:
      try ShortText.parse(text, parameter: name).description
    case .businessID: try BusinessID.parse(text, parameter: name).description
    case .phone: try PhoneNumber.parse(text, parameter: name, country: country).description
    case .email: try EmailAddress.parse(text, parameter: name).description
    case .postcode: try Postcode.parse(text, parameter: name, country: country).description
    case .country: country.description
    case .gender: try Gender.parse(text, parameter: name).name
    case .note: try LongText.parse(text, parameter: name).description
    }
  }

  /// Refuses fields that are not held on persons of a kind.
  static func ensureHeld(_ fields: [Field], on kind: PersonKind) throws(RegisterError) {
    for field in fields where !field.isHeld(on: kind) {
      throw .invalid(
        field.name,
        Text(
          en: "The declaration does not name this for such a person.",
          fi: "Tietosuojaseloste ei nimeä tätä tietoa tällaiselle henkilölle.",
          sv: "Dataskyddsbeskrivningen nämner inte detta för en sådan person."))
    }
  }

  /// The number that a datum of a new person gets in its category.
  static func entry(_ field: Field) -> UInt16 {
    switch field.category {
    case .contact:
      switch field {
      case .phone: 1
      case .email: 2
      default: 3
      }
    default: 1
    }
  }
}
