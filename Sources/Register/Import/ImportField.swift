import Model

/// What a column of a file to import can hold; named as the protocol's parameters are.
public enum ImportField: String, CaseIterable, Sendable {
  case kind
  case organisation
  case businessID = "business-id"
  case firstName = "first-name"
  case lastName = "last-name"
  case gender
  case title
  case position
  case email
  case phone
  case street
  case postcode
  case town
  case country
  case status
  case language
  case source
  case sourceNote = "source-note"
  case note

  /// The parameter's name.
  public var name: String { rawValue }

  /// Whether a row may hold several: then columns may be numbered, as in `Puhelin 2`.
  public var isRepeatable: Bool { self == .email || self == .phone }

  /// The field of a column by its name in Finnish, Swedish, English or the protocol, whatever its letter case, spaces,
  /// marks and punctuation; nil for a name that is not known.
  public static func named(_ header: String) -> ImportField? {
    let key = ImportField.key(header)
    if let field = byKey[key] { return field }
    let base = key.reversed().drop { $0 >= 0x30 && $0 <= 0x39 }.reversed()
    guard base.count < key.count, let field = byKey[Array(base)], field.isRepeatable else { return nil }
    return field
  }

  private static func key(_ header: String) -> [UInt8] { Folding.fold(header).filter { $0 != 0x20 } }

  private static let byKey: [[UInt8]: ImportField] = {
    var table: [[UInt8]: ImportField] = [:]
    for field in ImportField.allCases {
      table[key(field.name)] = field
      for header in field.headers { table[key(header)] = field }
    }
    return table
  }()

  /// The names of columns in other systems' files.
  private var headers: [String] {
    switch self {
    case .kind: ["Asiakaslaji", "Laji", "Kundtyp", "Customer type"]
    case .organisation:
      [
        "Yritys", "Yrityksen nimi", "Yritysnimi", "Yhtiö", "Organisaatio", "Yhteisö", "Företag", "Företagets namn",
        "Company", "Company name",
      ]
        + ["Organization", "Organisation name"]
    case .businessID:
      ["Y-tunnus", "Ytunnus", "FO-nummer", "Företags- och organisationsnummer", "Business identity code"]
    case .firstName: ["Etunimi", "Etunimet", "Förnamn", "First names", "Given name"]
    case .lastName: ["Sukunimi", "Efternamn", "Surname", "Family name"]
    case .gender: ["Sukupuoli", "Kön", "Sex"]
    case .title: ["Titteli", "Nimike", "Tehtävänimike", "Ammattinimike", "Titel", "Job title"]
    case .position: ["Asema", "Tehtävä", "Rooli", "Ställning", "Befattning", "Roll", "Role"]
    case .email: ["Sähköposti", "Sähköpostiosoite", "S-posti", "E-post", "E-postadress", "E-mail", "E-mail address"]
    case .phone:
      [
        "Puhelin", "Puhelinnumero", "Puhelinnro", "Puh", "Matkapuhelin", "Työpuhelin", "GSM", "Telefon", "Tel", "Mobil",
        "Telefonnummer", "Mobiltelefon", "Phone number",
        "Telephone",
      ]
    case .street:
      [
        "Katuosoite", "Katu", "Osoite", "Lähiosoite", "Postiosoite", "Jakeluosoite", "Gatuadress", "Adress", "Address",
        "Street address",
      ]
    case .postcode: ["Postinumero", "Postinro", "Postnummer", "Postal code", "Zip code", "Zip"]
    case .town:
      [
        "Postitoimipaikka", "Toimipaikka", "Kaupunki", "Paikkakunta", "Kunta", "Postort", "Ort", "Stad", "City",
        "Post office",
      ]
    case .country: ["Maa", "Maakoodi", "Land", "Landskod", "Country code"]
    case .status: ["Tila", "Asiakkuuden tila", "Asiakastila", "Kundstatus", "Customer status"]
    case .language: ["Kieli", "Asiointikieli", "Språk", "Kontaktspråk"]
    case .source: ["Lähde", "Tietolähde", "Källa", "Uppgiftskälla", "Data source"]
    case .sourceNote: ["Lähteen tarkenne", "Lähteen kuvaus", "Källans beskrivning", "Source description"]
    case .note:
      ["Huomautus", "Huomautukset", "Huom", "Muistiinpano", "Muistiinpanot", "Lisätieto", "Lisätiedot", "Kommentti"]
        + [
          "Kommentit", "Anmärkning", "Anmärkningar", "Anteckning", "Anteckningar", "Notes", "Remarks", "Comment",
          "Comments",
        ]
    }
  }
}
