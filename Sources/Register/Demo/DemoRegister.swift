public import Model

/// An invented organisation.
public struct DemoOrganisation: Sendable, Hashable {
  /// Name and business id.
  public let organisation: ImportOrganisation
  /// Its form.
  public let form: OrganisationForm
  /// Its line of business.
  public let industry: Industry
  /// Where the customer relationship stands.
  public let status: CustomerStatus
  /// The switchboard's number.
  public let phone: PhoneNumber
  /// The address for mail.
  public let email: EmailAddress
  /// The postal address.
  public let address: ImportAddress?
}

/// Invented people and companies for demonstrations, tests and measurements.
///
/// The same seed gives the same register on every machine, each item by itself, so parts of it can be made in parallel.
/// Nobody is meant: business ids are valid and lie above 5000000, where none has been issued; phone numbers are of the area
/// 049, which is not given to subscribers; e-mail addresses are of the domains reserved by RFC 2606.
public enum DemoRegister {
  /// How many organisations there can be without repeating a business id.
  public static let organisationsMax = 4_500_000
  /// How many persons there can be without repeating a phone number.
  public static let personsMax = 8_000_000

  /// So many organisations, at most `organisationsMax`.
  public static func organisations(count: Int, seed: UInt64) -> some Sequence<DemoOrganisation> & Sendable {
    DemoSequence(count: min(max(count, 0), organisationsMax)) { organisation($0, seed: seed) }
  }

  /// So many persons, at most `personsMax`: seven of ten stand for one of the first `organisations` organisations of the
  /// same seed (one for seven persons unless told otherwise), the others are private customers.
  public static func persons(
    count: Int, seed: UInt64, organisations: Int? = nil
  ) -> some Sequence<ImportRow> & Sendable {
    let companies = min(max(organisations ?? count / 7, 1), organisationsMax)
    return DemoSequence(count: min(max(count, 0), personsMax)) { person($0, seed: seed, organisations: companies) }
  }

  /// The organisation at a place, from 0.
  static func organisation(_ index: Int, seed: UInt64) -> DemoOrganisation {
    var random = DemoRandom(seed: seed, stream: 1, item: index)
    let (name, form, ascii) = organisationName(&random)
    let status = random.pick(statuses)
    return DemoOrganisation(
      organisation: ImportOrganisation(name: name, businessID: businessID(index, seed: seed)), form: form,
      industry: random.pick(DemoTexts.industries), status: status,
      phone: PhoneNumber(validated: "+35849" + digits(9_000_000 + random.below(1_000_000), count: 7)),
      email: EmailAddress(validated: "info@" + ascii + ".example"), address: DemoPlaces.address(&random))
  }

  /// The person at a place, from 0; the row's number is one higher.
  static func person(_ index: Int, seed: UInt64, organisations: Int) -> ImportRow {
    var random = DemoRandom(seed: seed, stream: 2, item: index)
    let names = DemoNames.group(&random)
    let isWoman = random.percent(50)
    let first = random.pick(isWoman ? names.women : names.men)
    let last = random.pick(names.last)
    let kind = random.percent(70) ? PersonKind.contact : .private
    let status = random.pick(statuses)
    var person = ImportRow(
      row: index + 1, kind: kind, firstName: first.text, lastName: last.text, status: status,
      language: random.percent(7) ? .swedish : random.percent(3) ? .english : .finnish, source: random.pick(sources))
    if kind == .contact {
      let company = random.below(organisations)
      var its = DemoRandom(seed: seed, stream: 1, item: company)
      person.organisation = ImportOrganisation(
        name: organisationName(&its).name, businessID: businessID(company, seed: seed))
      person.gender = random.percent(70) ? (random.percent(3) ? .other : isWoman ? .female : .male) : nil
      person.title = random.percent(75) ? random.pick(DemoTexts.titles) : nil
      person.position = random.percent(60) ? random.pick(DemoTexts.positions) : nil
    }
    let mailbox = first.ascii + "." + last.ascii + "." + String(index + 1)
    person.emails = [EmailAddress(validated: mailbox + "@" + random.pick(DemoTexts.mailDomains))]
    person.phones = [PhoneNumber(validated: "+35849" + digits(phoneNumber(index, seed: seed), count: 7))]
    if random.percent(85) { person.address = DemoPlaces.address(&random) }
    if random.percent(20) { person.note = random.pick(DemoTexts.notes) }
    return person
  }

  private static func organisationName(
    _ random: inout DemoRandom
  ) -> (name: ShortText, form: OrganisationForm, ascii: String) {
    let owner = random.pick(DemoNames.group(&random).last)
    let business = random.pick(DemoTexts.businesses)
    let form = random.pick(DemoTexts.forms)
    let name = owner.text.description + " " + business + " " + form.description
    return (ShortText(validated: name), form, owner.ascii)
  }

  /// Each index has its own: nine of the ten ids with the same first six digits have a check digit at least.
  private static func businessID(_ index: Int, seed: UInt64) -> BusinessID? {
    let block = (UInt64(index / 9) &* 314_159 &+ seed % 500_000) % 500_000
    var wanted = index % 9
    for last: UInt32 in 0..<10 {
      guard let id = BusinessID(number: UInt32(500_000 + block) * 10 + last) else { continue }
      if wanted == 0 { return id }
      wanted -= 1
    }
    return nil
  }

  /// Below eight million, each index its own: 2,718,281 has no factor in common with eight million.
  private static func phoneNumber(_ index: Int, seed: UInt64) -> Int {
    Int((UInt64(index) &* 2_718_281 &+ seed % 8_000_000) % 8_000_000)
  }

  private static func digits(_ number: Int, count: Int) -> String {
    String(unsafeUninitializedCapacity: count) { buffer in
      var rest = number
      for position in (0..<count).reversed() {
        buffer[position] = UInt8(truncatingIfNeeded: rest % 10) + 0x30
        rest /= 10
      }
      return count
    }
  }

  private static let statuses: [CustomerStatus] = [.customer, .customer, .prospect, .former]
  private static let sources: [DataSource] = [
    .subject, .organisation, .contactPerson, .stakeholder, .serviceProvider, .publicRegister,
  ]
}

/// Items made one at a time as they are asked for.
struct DemoSequence<Element: Sendable>: Sequence, Sendable {
  let count: Int
  let make: @Sendable (Int) -> Element

  struct Iterator: IteratorProtocol {
    var index = 0
    let sequence: DemoSequence

    mutating func next() -> Element? {
      guard index < sequence.count else { return nil }
      defer { index += 1 }
      return sequence.make(index)
    }
  }

  func makeIterator() -> Iterator { Iterator(sequence: self) }

  var underestimatedCount: Int { count }
}
