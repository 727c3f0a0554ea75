import Model
import Testing

@testable import Register

struct PasswordRulesTests {
  private let rules = PasswordRules(loginName: "maija.meikalainen", fullName: "Maija Meikäläinen")

  private func fault(_ password: String, withOneTime: Bool = false) -> PasswordRules.Fault? {
    do throws(PasswordRules.Fault) {
      try rules.check(password, withOneTime: withOneTime)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    "kolme sinistä norsua tanssii", "correct horse battery staple", "hevonen syö omenan 7",
    "blå häst äter gröna äpplen",
    "vihreä-lamppu-juoksee-metsään", "minun mummoni keittää perunaa", "Tr0ub4dor&3-zebra-lintu",
    "abcde-fghjk-mnpqr-x7k2w",
    "Yksi kaksi kolme neljä viisi", "kuutamo%harava%pölkky", "ÄäkkösetÖisinTanssivat!", "en gammal älg i hallonskogen",
  ])
  func longHonestPassphrasesAreTaken(_ password: String) { #expect(fault(password) == nil) }

  @Test(arguments: ["tK9#mQ2$vL5x", "kuu-pelto-7-harava", "w8xr-p3zk-hq5n"])
  func twelveCharactersDoWithAOneTimePassword(_ password: String) { #expect(fault(password, withOneTime: true) == nil) }

  @Test(arguments: [
    "passwordpassword", "Password12345678", "P@ssw0rd!P@ssw0rd!", "salasana salasana", "Salasana123456!",
    "iloveyou iloveyou",
    "Kesäloma2026!!!", "Summer2025Summer2025", "sunshine-123456", "perjantai20262026", "l0s3n0rd l0s3n0rd",
    "lösenordet2026!",
    "salasana1 salasana2 salasana3", "TervetuloaTervetuloa1", "jääkiekko2026!!", "football1234567", "superman!superman",
  ])
  func commonWordsWithALittleAroundAreRefused(_ password: String) {
    #expect([.common, .repeated].contains(fault(password)), "\(String(describing: fault(password)))")
  }

  @Test(arguments: [
    "qwertyuiopåäö12", "123456789012345", "abcdefghijklmnop", "zyxwvutsrqponmlk", "1qaz2wsx3edc4rfv",
    "asdfghjklöäasdf1",
    "98765432109876543", "!\"#¤%&/()=!\"#¤%&", "qwertyuiopasdfgh", "0123456789abcdefgh", "poiuytrewqlkjhgf",
  ])
  func runsAndWalksOverTheKeyboardAreRefused(_ password: String) {
    #expect([.run, .repeated, .common].contains(fault(password)), "\(String(describing: fault(password)))")
  }

  @Test(arguments: [
    "aaaaaaaaaaaaaaa", "ababababababababab", "xyxxyxxyxxyxxyxxyx", "öööööööööööööööööööö", "k7k7k7k7k7k7k7k7",
    "11111111111111111",
  ])
  func theSameFewCharactersOverAndOverAreRefused(_ password: String) {
    #expect([.repeated, .common].contains(fault(password)), "\(String(describing: fault(password)))")
  }

  @Test(arguments: [
    "maija.meikalainen", "Maija Meikäläinen", "Meikäläinen2026!", "maijameikalainen1", "rekisterirekisteri",
    "Rekisteri-2026!",
    "ecorum ecorum ecorum", "Ecorum2026Ecorum", "M41j4 M31k4l41n3n", "meikäläinen, maija",
  ])
  func namesThatAreKnownHereAreRefused(_ password: String) {
    #expect([.personal, .repeated].contains(fault(password)), "\(String(describing: fault(password)))")
  }

  @Test func anotherEmployeesNameIsNoneOfTheRules() throws {
    #expect(fault("Kaarlo Ståhlberginen 7") == nil)
    let other = PasswordRules(loginName: "kaarlo", fullName: "Kaarlo Ståhlberginen")
    #expect(throws: PasswordRules.Fault.personal) { try other.check("Kaarlo Ståhlberginen 7", withOneTime: false) }
  }

  @Test func lengthsAreCountedAfterNormalisation() {
    // Fourteen letters, typed as letter and ring.
    let typed = String(repeating: "a\u{30A}", count: 14)
    #expect(fault(typed) == .short(15))
    #expect(fault("tK9#mQ2$vL5") == .short(15))
    #expect(fault("tK9#mQ2$vL5", withOneTime: true) == .short(12))
    #expect(fault(String(repeating: "kuu pelto ", count: 26)) == .long(256))
    #expect(fault("kolme sinistä\u{200B} norsua tanssii") == .hidden)
  }

  @Test func twelveDigitsAreTooFewGuesses() { #expect(fault("836194025718", withOneTime: true) == .guessable) }

  @Test func everyReasonHasItsOwnWordsInEachLanguage() {
    let faults: [PasswordRules.Fault] = [
      .hidden, .short(15), .long(256), .common, .personal, .run, .repeated, .guessable,
    ]
    for language in Language.allCases { #expect(Set(faults.map { $0.text[language] }).count == faults.count) }
  }

  @Test func thePasswordIsInNoWords() {
    for password in ["salasana salasana", "maija.meikalainen", "qwertyuiopåäö12", "aaaaaaaaaaaaaaa"] {
      guard let fault = fault(password) else {
        Issue.record("taken")
        continue
      }
      for language in Language.allCases { #expect(!fault.text[language].contains(password)) }
    }
  }

  @Test func anyTextIsJudgedWithinBounds() throws {
    var random = SeededGenerator(seed: 7)
    let alphabet = Array("aAbzåÄö0123!@$ -._qwerty\u{30A}\u{1F600}sal".unicodeScalars)
    for _ in 0..<300 {
      let length = Int.random(in: 0...70, using: &random)
      var scalars = String.UnicodeScalarView()
      for _ in 0..<length {
        if let scalar = alphabet.randomElement(using: &random) { scalars.append(scalar) }
      }
      let pieces = PasswordPieces(FoldedPassword(String(scalars)), names: []).fewest()
      #expect(pieces.tenths >= 0 && pieces.tenths <= 50 * scalars.count)
    }
  }

  private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }
}

struct CommonWordsTests {
  @Test(arguments: ["salasana", "password", "losenord", "kissa", "kolme", "maija", "iloveyou", "zxcvbnm", "000000"])
  func commonWordsAreFound(_ word: String) { #expect(CommonWords().contains(Array(word.utf8))) }

  @Test(arguments: ["", "a", "salasan", "salasanaa", "\n", "aaaa\nbbbb", "zzzzzzzzzz", "0", "hevosenkakkara"])
  func whatIsNoLineIsNot(_ word: String) { #expect(!CommonWords().contains(Array(word.utf8))) }
}
