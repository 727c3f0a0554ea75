import Model

/// Towns with one of their postcodes, and streets that every town could have.
enum DemoPlaces {
  struct Town: Sendable {
    let name: ShortText
    let postcode: Postcode
  }

  static let towns: [Town] = [
    ("00100", "Helsinki"), ("00530", "Helsinki"), ("00940", "Helsinki"), ("02100", "Espoo"), ("02770", "Espoo"),
    ("01300", "Vantaa"), ("01600", "Vantaa"), ("33100", "Tampere"), ("33720", "Tampere"), ("90100", "Oulu"),
    ("90570", "Oulu"), ("20100", "Turku"), ("20540", "Turku"), ("40100", "Jyväskylä"), ("70100", "Kuopio"),
    ("15110", "Lahti"), ("28100", "Pori"), ("45100", "Kouvola"), ("80100", "Joensuu"), ("53100", "Lappeenranta"),
    ("13100", "Hämeenlinna"), ("65100", "Vaasa"), ("60100", "Seinäjoki"), ("96100", "Rovaniemi"), ("50100", "Mikkeli"),
    ("48100", "Kotka"), ("24100", "Salo"), ("06100", "Porvoo"), ("67100", "Kokkola"), ("04400", "Järvenpää"),
    ("05800", "Hyvinkää"), ("26100", "Rauma"), ("87100", "Kajaani"), ("57100", "Savonlinna"), ("74100", "Iisalmi"),
    ("68600", "Pietarsaari"), ("21600", "Parainen"), ("10600", "Tammisaari"), ("22100", "Maarianhamina"),
    ("99870", "Inari"), ("99980", "Utsjoki"), ("99400", "Enontekiö"), ("99600", "Sodankylä"), ("94100", "Kemi"),
    ("92100", "Raahe"), ("31600", "Jokioinen"), ("37600", "Valkeakoski"), ("91100", "Ii"), ("95700", "Pello"),
    ("64100", "Kristiinankaupunki"), ("66900", "Uusikaarlepyy"), ("25900", "Taalintehdas"), ("82900", "Ilomantsi"),
  ].map { Town(name: ShortText(validated: $0.1), postcode: Postcode(validated: $0.0)) }

  static let streets: [String] = {
    let finnish = ["Ahomäen", "Haapa", "Harju", "Hämeen", "Kalevan", "Kangas", "Katajan", "Kirkko", "Koivu", "Koulu"]
    let more = [
      "Kuusi", "Käpy", "Lehto", "Leppä", "Metsä", "Mylly", "Mäki", "Niitty", "Pelto", "Pihlaja", "Ranta", "Särki",
    ]
    let roads = ["katu", "tie", "polku", "kuja", "kaari", "rinne"]
    let swedish = ["Björkvägen", "Fiskargränden", "Ängsvägen", "Kyrkogatan", "Åsgatan", "Östra Strandvägen", "Nygatan"]
    let sami = ["Sámi luodda", "Čuovgageaidnu", "Deanu geaidnu", "Nuoŋgirluodda"]
    return (finnish + more).flatMap { name in roads.map { name + $0 } } + swedish + sami
  }()

  static func address(_ random: inout DemoRandom) -> ImportAddress? {
    let town = random.pick(towns)
    let number = random.below(120) + 1
    var street = random.pick(streets) + " " + String(number)
    if random.percent(40) { street += " " + random.pick(stairs) + " " + String(random.below(60) + 1) }
    return ImportAddress(street: ShortText(validated: street), postcode: town.postcode, town: town.name)
  }

  private static let stairs = ["A", "B", "C", "D"]
}
