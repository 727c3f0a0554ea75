import Model
import Testing

@Suite struct ValueTests {
  @Test(arguments: ["2879282-0", " 1953640-3 ", "0802681-1"]) func businessIDsReadBack(text: String) {
    #expect(BusinessID(text)?.description == text.trimmingSpaces)
  }

  @Test(arguments: [
    "8550908-6", "28792820", "2879282-1", "879282-0", "FI28792820", "2879282-00", "٢879282-0", "", "2879282–0",
  ])
  func whatIsNoBusinessIDIsRefused(text: String) { #expect(BusinessID(text) == nil) }

  @Test func numbersWithRemainderOneHaveNoCheckDigit() {
    let without = (UInt32(0)..<1000).filter { BusinessID.checkDigit(of: $0) == nil }
    #expect(without.count > 80 && without.count < 100)
    #expect(BusinessID(number: 10_000_000) == nil)
  }

  @Test(arguments: [
    ("matti.meikalainen@Example.FI", "matti.meikalainen@example.fi"), ("a+b@x.co", "a+b@x.co"), (" A@b.fi ", "A@b.fi"),
    ("o'neill@sub.example.com", "o'neill@sub.example.com"), ("šuoŋgir@ÄÄ.fi", "šuoŋgir@ää.fi"),
  ]) func addressesReadBack(text: String, address: String) { #expect(EmailAddress(text)?.description == address) }

  @Test(arguments: [
    "", "@", "a@", "@b.fi", "a@@b.fi", "maija at example.fi", "eiole", "a@b", "a.@b.fi", ".a@b.fi", "a..b@c.fi",
    "a@b..fi",
    "a@b.fi.", "a@-b.fi", "a@b-.fi", "a b@c.fi", "a@b.fi, c@d.fi", "<a@b.fi>", "a@1.2.3.4", "a@[1.2.3.4]",
    "a\u{202E}@b.fi",
    "a\u{200B}@b.fi", "\"a\"@b.fi", "a@b_c.fi", "a@b.f", "a\n@b.fi",
  ]) func whatIsNoAddressIsRefused(text: String) { #expect(EmailAddress(text) == nil) }

  @Test func addressesAreBounded() {
    #expect(EmailAddress(String(repeating: "a", count: 64) + "@b.fi") != nil)
    #expect(EmailAddress(String(repeating: "a", count: 65) + "@b.fi") == nil)
    #expect(EmailAddress("a@" + String(repeating: "b", count: 64) + ".fi") == nil)
    #expect(EmailAddress("a@" + String(repeating: "b.", count: 130) + "fi") == nil)
  }

  @Test(arguments: [
    "+358503774549", "00358-503774549", "(050) 3774549", "050 377 4549", "+358 50 377 4549", "0503774549",
    "050-377 45 49",
    "+358 (0)50 377 4549", "+358 050 3774549", "050/3774549", "050.377.4549", "\u{A0}050\u{A0}3774549", "050–3774549",
  ]) func everyNotationIsTheSameNumber(text: String) { #expect(PhoneNumber(text)?.description == "+358503774549") }

  @Test(arguments: [
    "", "12", "+99912", "puh. kysy", "503774549", "050377454912345", "+358 50 ext 1", "050 377 4549 / 050 377 4550",
    "(050",
    "050)", "++358503774549", "358+503774549", "+0123456789", "050#3774549", "٠٥٠٣٧٧٤٥٤٩",
  ]) func whatIsNoNumberIsRefused(text: String) { #expect(PhoneNumber(text) == nil) }

  @Test func nationalNumbersAreOfTheirCountry() throws {
    let sweden = try #require(Country("se"))
    #expect(try PhoneNumber.parse("08-123 456 78", country: sweden).description == "+46812345678")
    let japan = try #require(Country("JP"))
    #expect(throws: RegisterError.self) { try PhoneNumber.parse("03 1234 5678", country: japan) }
  }

  @Test func postcodesAreOfTheirCountry() throws {
    #expect(Postcode("00100")?.description == "00100")
    #expect(Postcode("FI-00100")?.description == "00100")
    for text in ["0010", "001000", "0010a", "SE-00100", "00 100", ""] { #expect(Postcode(text) == nil) }
    let britain = try #require(Country("GB"))
    #expect(try Postcode.parse("sw1a 1aa", country: britain).description == "SW1A 1AA")
    for text in ["--", "a", "12345678901", "å1", "1;2"] {
      #expect(throws: RegisterError.self) { try Postcode.parse(text, country: britain) }
    }
  }

  @Test func countriesAreThoseOfTheStandard() {
    #expect(Country("fi") == .finland)
    #expect(Country("AX") == .aland)
    #expect(Country.all.count == 249)
    for text in ["", "F", "FIN", "XX", "ZZ", "\u{0}FI", "ÅL", "F "] { #expect(Country(text) == nil) }
  }

  @Test func refusalsNameTheParameterAndNeverTheValue() {
    let error = #expect(throws: RegisterError.self) { try EmailAddress.parse("salaisuus", parameter: "reply-to") }
    #expect(error?.code == "invalid/reply-to")
    #expect(error.map { "\($0)".contains("salaisuus") } == false)
  }

  @Test func gendersReadBack() throws {
    for gender in Gender.allCases { #expect(try Gender.parse(gender.name) == gender) }
    #expect(throws: RegisterError.self) { try Gender.parse("nainen") }
  }
}

extension String {
  fileprivate var trimmingSpaces: String { String(filter { $0 != " " }) }
}
