import Testing
import Wire

@testable import Register

struct RecoveryCodesTests {
  private let secret = [UInt8](1...20)

  @Test func tenCodesOfFiftyBitsThatCanBeReadOut() {
    let codes = RecoveryCodes.make()
    #expect(codes.count == 10 && Set(codes).count == 10)
    for code in codes {
      #expect(code.utf8.count == 11 && code.split(separator: "-").map(\.count) == [5, 5])
      #expect(!code.contains { "lo01".contains($0) })
    }
    #expect(RecoveryCodes.alphabet.count == 32)
    #expect(Set(codes).isDisjoint(with: RecoveryCodes.make()))
  }

  @Test func aCodeIsTakenHoweverItIsTyped() throws {
    let codes = RecoveryCodes.make()
    let seed = OneTimeSeed(secret: secret, recoveryCodes: codes)
    for code in codes {
      let step = try #require(seed.recoveryStep(of: code))
      #expect(step < 0)
      #expect(seed.recoveryStep(of: code.uppercased()) == step)
      #expect(seed.recoveryStep(of: " " + code.replacing("-", with: " ")) == step)
      #expect(seed.recoveryStep(of: code.replacing("-", with: "")) == step)
    }
    #expect(Set(codes.compactMap { seed.recoveryStep(of: $0) }).count == 10)
  }

  @Test func anotherCodeAndAnotherEnrolmentsAreNot() throws {
    let seed = OneTimeSeed(secret: secret, recoveryCodes: ["abcde-fghij"])
    #expect(seed.recoveryStep(of: "abcde-fghij") != nil)
    let long = String(repeating: "a", count: 5000)
    for wrong in ["abcde-fghik", "", "123456", "abcde-fghi", "abcde-fghijk", "abcde_fghij", long] {
      #expect(seed.recoveryStep(of: wrong) == nil)
    }
    #expect(OneTimeSeed(secret: [UInt8](2...21), recoveryCodes: ["mnpqr-stuvw"]).recoveryStep(of: "abcde-fghij") == nil)
    #expect(OneTimeSeed(secret: secret).recoveryStep(of: "abcde-fghij") == nil)
  }

  @Test func noCodeIsInTheBytes() throws {
    let seed = OneTimeSeed(secret: secret, recoveryCodes: ["abcde-fghij"])
    #expect(!String(decoding: seed.bytes, as: UTF8.self).contains("abcde"))
  }

  @Test func bytesComeBack() throws {
    for codes in [[], RecoveryCodes.make()] {
      let seed = OneTimeSeed(secret: secret, recoveryCodes: codes)
      #expect(OneTimeSeed(bytes: seed.bytes) == seed)
      #expect(seed.recoveryHashes.count == codes.count)
    }
  }

  @Test func aSecretAloneIsReadAsBefore() throws {
    #expect(OneTimeSeed(bytes: secret) == OneTimeSeed(secret: secret))
    // Even one that begins like the later form.
    let alike = Array("otp".utf8) + [1] + [UInt8](1...16)
    #expect(OneTimeSeed(bytes: alike)?.secret == alike)
  }

  @Test func bytesOfNeitherFormAreRefused() throws {
    let bytes = OneTimeSeed(secret: secret, recoveryCodes: RecoveryCodes.make()).bytes
    #expect(OneTimeSeed(bytes: []) == nil)
    #expect(OneTimeSeed(bytes: Array(bytes.dropLast())) == nil)
    #expect(OneTimeSeed(bytes: bytes + [0]) == nil)
    for count in 0..<bytes.count {
      // What is cut short is never a seed with recovery codes.
      #expect(OneTimeSeed(bytes: Array(bytes.prefix(count)))?.recoveryHashes.isEmpty != false)
    }
  }

  @Test func theURIIsWhatAppsRead() {
    let secret = Array("Hello!\u{1}".utf8)
    let uri = OneTimeEnrolment.uri(account: "maija.m", secret: secret)
    #expect(
      uri == "otpauth://totp/Rekisteri:maija.m?secret=\(Base32.encode(secret, padding: false))&issuer=Rekisteri"
        + "&algorithm=SHA1&digits=6&period=30")
    #expect(OneTimeEnrolment.uri(account: "a b:ä", secret: secret).contains("Rekisteri:a%20b%3A%C3%A4?"))
  }
}
