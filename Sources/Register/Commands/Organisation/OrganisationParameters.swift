import Model

/// The parameters that commands on organisations share.
enum OrganisationParameters {
  static let all: [ParameterSpec] = [
    .init("name", .text, required: false, personal: false, Text(en: "its name", fi: "nimi", sv: "namn")),
    .init("business-id", .text, required: false, personal: false, Words.businessID),
    .init(
      "form", .text, required: false, personal: false, Text(en: "its form", fi: "yhteisömuoto", sv: "företagsform")),
    .init("industry", .text, required: false, personal: false, Text(en: "its industry", fi: "toimiala", sv: "bransch")),
    .init("status", .word(CustomerStatus.allCases.map(\.name)), required: false, personal: false, Words.status),
    .init("phone", .text, required: false, personal: false, Words.phone),
    .init("email", .text, required: false, personal: false, Words.email),
    .init("street", .text, required: false, personal: false, Words.street),
    .init("postcode", .text, required: false, personal: false, Words.postcode),
    .init("town", .text, required: false, personal: false, Words.town),
    .init("country", .text, required: false, personal: false, Words.country),
    .init(
      "website", .text, required: false, personal: false, Text(en: "its website", fi: "verkkosivut", sv: "webbplats")),
    .init("manager", .id, required: false, personal: false, Words.manager),
    .init("source", .word(DataSource.allCases.map(\.name)), required: false, personal: false, Words.source),
    .init("source-note", .text, required: false, personal: false, Words.sourceNote),
  ]

  /// Writes the values given into an organisation, each checked; an empty value clears.
  static func apply(_ arguments: Arguments, to organisation: inout Organisation) throws(RegisterError) {
    let country = try checked(arguments, "country") { text throws(RegisterError) in
      try Country.parse(text, parameter: "country").description
    }
    let home = country.flatMap { Country($0) } ?? Country(organisation.country) ?? .finland
    func set(
      _ name: String, _ path: WritableKeyPath<Organisation, String>, _ check: (String) throws(RegisterError) -> String
    )
      throws(RegisterError)
    {
      if let value = try checked(arguments, name, check) { organisation[keyPath: path] = value }
    }
    func short(_ name: String) -> (String) throws(RegisterError) -> String {
      { text throws(RegisterError) in try ShortText.parse(text, parameter: name).description }
    }
    try set("name", \.name, short("name"))
    try set("form", \.form) { text throws(RegisterError) in try form(text) }
    try set("industry", \.industry, short("industry"))
    try set("phone", \.phone) { text throws(RegisterError) in
      try PhoneNumber.parse(text, parameter: "phone", country: home).description
    }
    try set("email", \.email) { text throws(RegisterError) in
      try EmailAddress.parse(text, parameter: "email").description
    }
    try set("street", \.street, short("street"))
    try set("postcode", \.postcode) { text throws(RegisterError) in
      try Postcode.parse(text, parameter: "postcode", country: home).description
    }
    try set("town", \.town, short("town"))
    if let country { organisation.country = country }
    try set("website", \.website) { text throws(RegisterError) in try website(text) }
    try set("source-note", \.sourceNote, short("source-note"))
    if let id = try checked(
      arguments, "business-id",
      { text throws(RegisterError) in
        try BusinessID.parse(text, parameter: "business-id").description
      })
    {
      organisation.businessID = id.isEmpty ? nil : id
    }
    if let status = try arguments.word("status", { CustomerStatus(name: $0) }) { organisation.status = status }
    if let source = try arguments.word("source", { DataSource(name: $0) }) { organisation.source = source }
    if arguments.text("manager") != nil { organisation.manager = try arguments.optionalID("manager") }
    guard !organisation.name.isEmpty else { throw .invalid("name", Arguments.missing) }
    guard organisation.source != .other || !organisation.sourceNote.isEmpty else {
      throw .invalid("source-note", Arguments.missing)
    }
  }

  /// A form of a legal person. A sole trader is a person (REGISTER.md section 2): their name is personal data.
  private static func form(_ text: String) throws(RegisterError) -> String {
    let form = try ShortText.parse(text, parameter: "form").description
    guard !soleTrader.contains(Folding.foldedString(form)) else {
      throw .invalid(
        "form",
        Text(
          en: "A sole trader is a person: person.add kind=private business-id=…",
          fi: "Toiminimen haltija on henkilö: person.add kind=private business-id=…",
          sv: "En enskild näringsidkare är en person: person.add kind=private business-id=…"))
    }
    return form
  }

  private static let soleTrader = Set(
    [
      "tmi", "t:mi", "toiminimi", "yksityinen elinkeinonharjoittaja", "elinkeinonharjoittaja", "yksityinen toiminimi",
      "firma", "enskild firma", "enskild näringsidkare", "sole trader", "sole proprietor", "sole proprietorship",
    ].map { Folding.foldedString($0) })

  /// An address on the web, with or without `https://`: whoever follows it runs nothing else.
  private static func website(_ text: String) throws(RegisterError) -> String {
    let address = try ShortText.parse(text, parameter: "website").description
    let parts = address.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let isScheme = parts.count == 2 && (parts[1].hasPrefix("//") || !parts[0].contains("."))
    guard !address.contains(where: \.isWhitespace), address.contains("."),
      !isScheme || (["http", "https"].contains(parts[0].lowercased()) && parts[1].hasPrefix("//"))
    else {
      throw .invalid(
        "website",
        Text(
          en: "This is no address on the web.", fi: "Tämä ei ole verkko-osoite.", sv: "Detta är ingen webbadress."))
    }
    return address
  }

  private static func checked(
    _ arguments: Arguments, _ name: String, _ check: (String) throws(RegisterError) -> String
  ) throws(RegisterError) -> String? {
    guard let text = arguments.text(name) else { return nil }
    return text.isEmpty ? "" : try check(text)
  }
}
