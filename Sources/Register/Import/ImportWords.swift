import Model

/// What the words in the cells of other systems' files mean, in Finnish, Swedish and English and as the protocol has them.
enum ImportWords {
  /// The status that a cell names.
  static func status(_ text: String) -> CustomerStatus? { statuses[Folding.fold(text)] }

  /// The kind that a cell names.
  static func kind(_ text: String) -> PersonKind? { kinds[Folding.fold(text)] }

  /// The language that a cell names.
  static func language(_ text: String) -> Language? { languages[Folding.fold(text)] }

  /// The source that a cell names.
  static func source(_ text: String) -> DataSource? { sources[Folding.fold(text)] }

  /// The country that a cell names, by its code or by the name of one nearby.
  static func country(_ text: String) -> Country? {
    Country(text) ?? countries[Folding.fold(text)].flatMap(Country.init)
  }

  /// The gender that a cell names; `.some(nil)` where it says that it is not known.
  static func gender(_ text: String) -> Gender?? {
    let folded = Folding.fold(text)
    if let gender = genders[folded] { return gender }
    return unknown.contains(folded) ? .some(nil) : nil
  }

  private static func table<Value>(_ words: [(Value, [String])]) -> [[UInt8]: Value] {
    var table: [[UInt8]: Value] = [:]
    for (value, names) in words {
      for name in names { table[Folding.fold(name)] = value }
    }
    return table
  }

  private static let statuses = table([
    (CustomerStatus.prospect, ["prospect", "prospekti", "prospekt", "mahdollinen asiakas", "möjlig kund"]),
    (.customer, ["customer", "asiakas", "kund", "nykyinen asiakas"]),
    (.former, ["former", "entinen", "entinen asiakas", "tidigare", "tidigare kund", "former customer"]),
  ])

  private static let kinds = table([
    (PersonKind.contact, ["contact", "contact person", "yhteyshenkilö", "kontaktperson"]),
    (.private, ["private", "private customer", "henkilöasiakas", "yksityisasiakas", "privatkund", "personkund"]),
  ])

  private static let languages = table([
    (Language.finnish, ["fi", "fin", "suomi", "finska", "finnish"]),
    (.swedish, ["sv", "swe", "ruotsi", "svenska", "swedish"]),
    (.english, ["en", "eng", "englanti", "engelska", "english"]),
  ])

  private static let genders = table([
    (Gender.female, ["female", "nainen", "kvinna", "woman", "f", "n", "k"]),
    (.male, ["male", "mies", "man", "m"]),
    (.other, ["other", "muu", "annat", "annan", "x"]),
  ])

  private static let unknown = Set(["unknown", "ei tiedossa", "tuntematon", "okänt", "okänd"].map(Folding.fold))

  private static let sources = table([
    (
      DataSource.subject,
      ["subject", "data subject", "rekisteröity", "rekisteröity itse", "asiakas", "den registrerade"]
    ),
    (.organisation, ["organisation", "organization", "company", "yritys", "yhteisö", "företag", "företaget"]),
    (.contactPerson, ["contact person", "yhteyshenkilö", "kontaktperson"]),
    (.stakeholder, ["stakeholder", "sidosryhmä", "intressent", "intressegrupp"]),
    (.serviceProvider, ["service provider", "palveluntarjoaja", "palveluntuottaja", "tjänsteleverantör"]),
    (.publicRegister, ["public register", "julkinen rekisteri", "offentligt register"]),
    (.other, ["other", "muu", "muu lähde", "annan", "annan källa", "other source"]),
  ])

  private static let countries = table([
    ("FI", ["Suomi", "Finland"]), ("AX", ["Ahvenanmaa", "Åland", "Åland Islands"]),
    ("SE", ["Ruotsi", "Sverige", "Sweden"]),
    ("NO", ["Norja", "Norge", "Norway"]), ("DK", ["Tanska", "Danmark", "Denmark"]),
    ("EE", ["Viro", "Estland", "Estonia"]),
    ("IS", ["Islanti", "Island", "Iceland"]), ("LV", ["Latvia", "Lettland"]),
    ("LT", ["Liettua", "Litauen", "Lithuania"]),
    ("DE", ["Saksa", "Tyskland", "Germany"]),
  ])
}
