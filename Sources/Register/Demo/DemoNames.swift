import Model

/// A name ready for use in a record and in an address.
struct DemoName: Sendable {
  /// The name.
  let text: ShortText
  /// Its letters and hyphens in ASCII and lower case.
  let ascii: String

  init(_ name: String) {
    text = ShortText(validated: name)
    ascii = Folding.foldedString(name).split(separator: " ").joined(separator: "-")
  }

  static func list(_ names: String) -> [DemoName] { names.split(separator: " ").map { DemoName(String($0)) } }
}

/// Names of people in Finland: Finnish, Finland-Swedish and Sámi.
enum DemoNames {
  /// First names with the gender that they usually go with.
  struct Group: Sendable {
    let women: [DemoName]
    let men: [DemoName]
    let last: [DemoName]
  }

  static let finnish = Group(
    women: DemoName.list(
      """
      Aino Aada Anna Anneli Anni Anniina Eeva Eila Elina Ella Emilia Emma Eveliina Hanna Hannele Heidi Helena Helmi Iida \
      Inkeri Irja Jaana Jenni Johanna Kaarina Kaisa Katariina Katja Kirsi Krista Kristiina Laura Leena Liisa Maarit Maija \
      Mari Maria Marja Marjatta Minna Mirja Nea Noora Outi Paula Päivi Pirjo Piia Raija Riikka Riitta Ritva Saara Sanna \
      Sari Satu Seija Senja Sinikka Sirpa Sofia Suvi Taru Terttu Tiina Tuula Tuuli Tyyne Ulla Veera Venla Vuokko Wilma \
      Anna-Liisa Eeva-Maria Marja-Leena
      """),
    men: DemoName.list(
      """
      Aapo Aarne Ahti Aki Aleksi Antero Antti Armas Arto Arttu Arvo Eero Eetu Eino Elias Ensio Erkki Esa Hannu Harri \
      Heikki Henri Ilkka Ilmari Ismo Jaakko Janne Jari Jarkko Jere Joni Jorma Jouko Juha Juhani Jukka Jussi Kai Kalevi \
      Kalle Kari Lasse Lauri Leevi Leo Markku Marko Matias Matti Mika Mikko Niilo Niko Olavi Olli Onni Oskari Otto Paavo \
      Pasi Pekka Pentti Petri Petteri Rauno Reijo Risto Sakari Sami Sampo Seppo Simo Taisto Tapani Tapio Tauno Teemu Teuvo \
      Timo Toivo Tomi Topi Tuomas Tuomo Urho Väinö Veijo Veikko Ville Yrjö Äijö Juha-Pekka Veli-Matti
      """),
    last: DemoName.list(
      """
      Aalto Aaltonen Ahola Ahonen Alanen Anttila Arvola Eerola Eskelinen Eskola Haapala Haapanen Hakala Hakkarainen \
      Halonen Hämäläinen Hänninen Harju Hartikainen Heikkilä Heikkinen Heinonen Hietala Hiltunen Hirvonen Hyvärinen \
      Hyvönen Häkkinen Immonen Jääskeläinen Jokela Jokinen Juntunen Kallio Karjalainen Karppinen Kärkkäinen Kauppinen \
      Keränen Keskitalo Kettunen Kiiskinen Kinnunen Kivelä Kivinen Koivisto Kokkonen Korhonen Koskela Koskinen Kosonen \
      Kuosmanen Kurki Laakso Laaksonen Lahti Lahtinen Laine Laitinen Lampinen Lappalainen Lehtinen Lehto Lehtonen Leino \
      Leppänen Linna Luoma Mäkelä Mäki Mäkinen Mäntylä Manninen Martikainen Mattila Miettinen Mikkola Moilanen Mustonen \
      Mykkänen Myllymäki Nevala Niemelä Niemi Nieminen Niskanen Nurmi Nurminen Nykänen Ojala Oksanen Ollikainen Paananen \
      Pakarinen Parviainen Peltola Peltonen Pesonen Pietilä Piirainen Pitkänen Pulkkinen Pöllänen Pöyry Rajala Rantanen \
      Räsänen Rautio Räty Rinne Rissanen Saarinen Salminen Salo Salonen Savolainen Seppälä Sillanpää Sirkiä Suominen Tamminen \
      Tiainen Toivonen Tuominen Turunen Tähtinen Uusitalo Väisänen Väänänen Vainio Valtonen Vartiainen Vehviläinen Viitala \
      Viljanen Virtanen Voutilainen Vuori Vuorinen Ylönen Yli-Mäkelä Mäkinen-Laine Korhonen-Aalto
      """))

  static let swedish = Group(
    women: DemoName.list(
      """
      Agneta Alva Annika Barbro Birgitta Camilla Carola Christina Ebba Elin Ellinor Eva-Lotta Freja Gun Gunilla Hedvig \
      Ingrid Åsa Kerstin Linnéa Lovisa Malin Margareta Märta Mona Nanny Pernilla Siv Sofie Susann Tove Ulrika Vivan Zara
      """),
    men: DemoName.list(
      """
      Anders Axel Åke Bengt Bertel Bjarne Björn Carl Christer Edvin Elof Fredrik Glenn Göran Gösta Hampus Håkan Henrik \
      Jan-Erik Jörgen Kåre Kennet Kjell Lars Leif Nils Ole Patrik Per-Åke Ragnar Rolf Rurik Sixten Staffan Sten Sören \
      Torbjörn Ture Viking Yngve Örjan
      """),
    last: DemoName.list(
      """
      Ahlbäck Ahlfors Åkerlund Andersson Backman Berg Bergström Björklund Blomqvist Borg Dahl Ekholm Ekström Englund Eriksson \
      Finnilä Forsman Forss Fröberg Granberg Grönroos Gustafsson Häggblom Hägglund Hellström Hjerpe Holm Holmberg Höglund \
      Jansson Johansson Karlsson Kronqvist Lillqvist Lindberg Lindholm Lindqvist Lindström Löfgren Lönnqvist Mattsson \
      Mörk Nordström Nyberg Nygård Nylund Nyström Öhman Österberg Öst Rönnqvist Sandberg Sirén Sjöberg Sjöblom Skog \
      Smeds Snellman Söderholm Söderlund Ström Sundqvist Svahn Wahlström Wallin Westerlund Wik Wikström Åberg Ångerman
      """))

  static let sami = Group(
    women: DemoName.list(
      "Áile Ánne Biret Birgit Elle Elle-Máret Gáddjá Iŋgá Inger-Máret Kirste Láilá Máhtte-Elle Máret Márjá Risten Sárá Sofe Ristiinná"
    ),
    men: DemoName.list(
      "Ánte Ásllat Biera Čeavli Hánsa Heaika Issát Jovnna Juhán Jouni Leammu Máhtte Mihkku Niillas Nilla Nils-Ánte Oula Piera Sámmol"
    ),
    last: DemoName.list(
      """
      Aikio Áikio Guttorm Gárggu Helander Jomppanen Kitti Länsman Laiti Magga Morottaja Näkkäläjärvi Nuorgam Porsanger \
      Rasmus Saijets Sara Šuoŋgir Tapiola Valkeapää Valle Vuolab Čálliid Čeabet Ravdná Ŧuovla Đorvu
      """))

  /// One of the groups, as often as their speakers live in Finland, Sámi somewhat oftener so that they are met.
  static func group(_ random: inout DemoRandom) -> Group {
    switch random.below(100) {
    case 0..<90: finnish
    case 90..<97: swedish
    default: sami
    }
  }
}
