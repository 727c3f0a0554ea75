/// A country by its code of two letters (ISO 3166-1 alpha-2), such as FI.
public struct Country: TextualValue {
  /// The two letters in one word, the first one high.
  private let code: UInt16

  /// The parameter that refusals name unless the caller says otherwise.
  public static let parameter = "country"

  /// Finland, the country of what names none.
  public static let finland = Country(code: 0x4649)
  /// Åland, whose addresses and phone numbers are of the Finnish forms.
  public static let aland = Country(code: 0x4158)

  private init(code: UInt16) { self.code = code }

  /// Reads a code in either letter case; throws `invalid/PARAMETER`.
  public static func parse(_ text: String, parameter: String) throws(RegisterError) -> Country {
    let letters = TextRules.trimmed(text).utf8
    guard letters.count == 2 else { throw .invalid(parameter, unknown) }
    let code = letters.reduce(into: UInt16(0)) { code, byte in
      code = code << 8 | UInt16(byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte)
    }
    guard codes.contains(code) else { throw .invalid(parameter, unknown) }
    return Country(code: code)
  }

  /// The two letters in upper case.
  public var description: String {
    String(decoding: [UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)], as: UTF8.self)
  }

  /// Every country there is.
  public static var all: [Country] { codes.sorted().map(Country.init(code:)) }

  private static let unknown = Text(
    en: "There is no country with this code of two letters.", fi: "Tällaista kahden kirjaimen maatunnusta ei ole.",
    sv: "Det finns ingen landskod med dessa två bokstäver.")

  private static let codes: Set<UInt16> = Set(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ
    BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM
    DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS
    GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
    KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ
    MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
    VN VU WF WS YE YT ZA ZM ZW
    """.utf8.split { $0 == 0x20 || $0 == 0x0A }.map { letters in letters.reduce(0) { $0 << 8 | UInt16($1) } })
}
