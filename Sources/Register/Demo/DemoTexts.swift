import Model

/// Words of work and of notes.
enum DemoTexts {
  static let titles = list(
    "toimitusjohtaja", "ostopäällikkö", "asiantuntija", "kiinteistöpäällikkö", "isännöitsijä", "talouspäällikkö",
    "projektipäällikkö", "myyntipäällikkö", "hallintojohtaja", "tekninen johtaja", "ostaja", "toimistosihteeri",
    "verkställande direktör", "inköpschef", "ekonomichef", "jođiheaddji")

  static let positions = list("johto", "osto", "hallinto", "tekninen", "talous", "viestintä", "ledning", "inköp")

  static let industries = list(
    "Asuntojen ja asuinkiinteistöjen hallinta", "Rakentaminen", "Tukku- ja vähittäiskauppa", "Kuljetus ja varastointi",
    "Ohjelmistojen suunnittelu ja valmistus", "Metsätalous", "Poronhoito", "Kalastus",
    "Majoitus- ja ravitsemistoiminta",
    "Konepajateollisuus", "Energiahuolto", "Kirjanpito- ja tilinpäätöspalvelut")

  static let forms = list("Oy", "Oy", "Oy", "Oyj", "Ky", "ry", "Osk", "As Oy", "Ab")

  static let businesses = [
    "Rakennus", "Kiinteistöt", "Sähkö", "Metsä", "Konepaja", "Kuljetus", "Leipomo", "Kalatukku", "Ohjelmistot",
    "Tilitoimisto", "Puutarha", "Lämpö", "Siivous", "Poropalvelut", "Bygg", "Fastigheter", "Båtvarv", "Duodji",
  ]

  static let notes = [
    "Soita aamupäivällä.", "Haluaa kirjeet ruotsiksi.", "Pyytänyt ”vain sähköpostia”, ei soittoja.",
    "Tavattu messuilla.\nToivoo tarjousta syksyllä.", "-10 % sovittu", "=Vanha asiakasnumero 4711",
    "Ringer helst på fredagar.",
    "Beroštupmi: ođđa bálvalusat.",
  ].map { LongText(validated: $0) }

  static let mailDomains = ["example.com", "example.org", "example.net", "yritys.example", "foretag.example"]

  private static func list(_ texts: String...) -> [ShortText] { texts.map { ShortText(validated: $0) } }
}
