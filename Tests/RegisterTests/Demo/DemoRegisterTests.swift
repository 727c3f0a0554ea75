import Model
import Testing

@testable import Register

@Suite struct DemoRegisterTests {
  @Test func everyValueIsOneThatTheRegisterTakes() {
    for person in DemoRegister.persons(count: 5000, seed: 1) {
      #expect(person.emails.allSatisfy { EmailAddress($0.description) == $0 })
      #expect(person.phones.allSatisfy { PhoneNumber($0.description) == $0 })
      #expect(person.firstName.map { ShortText($0.description) == $0 } == true)
      #expect(person.lastName.map { ShortText($0.description) == $0 } == true)
      #expect(person.note.map { LongText($0.description) == $0 } ?? true)
      #expect(person.address?.postcode.map { Postcode($0.description) == $0 } ?? true)
      #expect(person.kind == .contact || (person.gender == nil && person.title == nil && person.position == nil))
      #expect((person.organisation?.businessID != nil) == (person.kind == .contact))
      #expect(person.source != .other)
    }
    for company in DemoRegister.organisations(count: 2000, seed: 1) {
      #expect(company.organisation.businessID.map { BusinessID($0.description) == $0 } == true)
      #expect(EmailAddress(company.email.description) == company.email)
      #expect(PhoneNumber(company.phone.description) == company.phone)
      #expect(ShortText(company.organisation.name.description) == company.organisation.name)
    }
  }

  @Test func theSameSeedGivesTheSameAndAnotherAnother() {
    #expect(DemoRegister.persons(count: 100, seed: 5).elementsEqual(DemoRegister.persons(count: 100, seed: 5)))
    #expect(!DemoRegister.persons(count: 100, seed: 5).elementsEqual(DemoRegister.persons(count: 100, seed: 6)))
  }

  @Test func nothingThatMustDifferRepeats() {
    let companies = DemoRegister.organisations(count: 50_000, seed: 3).compactMap(\.organisation.businessID)
    #expect(Set(companies).count == 50_000)
    #expect(companies.allSatisfy { $0.number >= 5_000_000 })
    #expect(Set(DemoRegister.persons(count: 50_000, seed: 3).flatMap(\.matchKeys)).count == 50_000)
    #expect(Set(DemoRegister.persons(count: 50_000, seed: 3).flatMap(\.phones)).count == 50_000)
  }

  @Test func kindsAndNamesAreMixed() {
    let people = Array(DemoRegister.persons(count: 10_000, seed: 9))
    #expect((6700...7300).contains(people.count { $0.kind == .contact }))
    #expect(people.contains { $0.lastName?.description == "Šuoŋgir" })
    #expect(people.contains { $0.lastName?.description.contains("ö") == true })
    let companies = Set(DemoRegister.organisations(count: 10_000 / 7, seed: 9).map(\.organisation))
    #expect(people.allSatisfy { person in person.organisation.map { companies.contains($0) } ?? true })
  }
}
