import AccessLog
import Foundation
import Model
import Postgres
import Testing
import Wire

@testable import Custody
@testable import Register

/// Values that occur nowhere else are planted in every field, search word and reason, and looked for in everything that
/// the database and its server keep.
@Suite struct MarkerTests {
  /// Each marker is in the text of at least one field, search word or reason.
  private static let stems = ["Qzxwvkjq", "507391846", "4093784"]

  /// A text in the forms in which it could stand in a file.
  private static func forms(_ text: String) -> [Data] {
    var forms: [Data] = []
    for variant in Set([text, text.lowercased(), text.uppercased()]) {
      let bytes = Data(variant.utf8)
      forms.append(bytes)
      for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian] {
        if let data = variant.data(using: encoding) { forms.append(data) }
      }
      let hex = bytes.map { String(UInt16($0) + 0x100, radix: 16).suffix(2) }.joined()
      forms += [Data(hex.utf8), Data(hex.uppercased().utf8)]
      for shift in 0..<3 {
        // The characters of base64 that the text at this place in three bytes settles, whatever stands around it.
        let whole = (Data(repeating: 0, count: shift) + bytes).base64EncodedString()
        let settled = (shift * 8 + 5) / 6..<(shift + bytes.count) * 8 / 6
        forms.append(Data(whole.utf8.prefix(settled.upperBound).dropFirst(settled.lowerBound)))
      }
    }
    return forms
  }

  /// The files of a cluster that hold any of the forms.
  private static func places(in folder: String, _ forms: [Data]) throws -> [String] {
    var found: [String] = []
    for case let name as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
      let path = folder + "/" + name
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
        let data = try? Data(contentsOf: URL(filePath: path), options: .alwaysMapped), !data.isEmpty
      else { continue }
      if contains(data, forms) { found.append(name) }
    }
    return found
  }

  private typealias Search = @convention(c) (UnsafeRawPointer?, Int, UnsafeRawPointer?, Int) -> UnsafeRawPointer?
  /// memmem(3), which the C library's module does not show.
  private static let search = dlsym(nil, "memmem").map { unsafeBitCast($0, to: Search.self) }

  private static func contains(_ data: Data, _ forms: [Data]) -> Bool {
    data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
      forms.contains { form in
        form.withUnsafeBytes { Self.search?(bytes.baseAddress, bytes.count, $0.baseAddress, $0.count) != nil }
      }
    }
  }

  @Test func theSearchForMarkersFindsThemWhereTheyAre() throws {
    let forms = Self.forms("Qzxwvkjq")
    for text in [
      "xxQzxwvkjqxx", "qzxwvkjq", Data("aQzxwvkjqb".utf8).base64EncodedString(),
      Data("aaQzxwvkjqb".utf8).base64EncodedString(), Data("Qzxwvkjqb".utf8).base64EncodedString(),
      "517a787776" + "6b6a71",
    ] {
      #expect(Self.contains(Data(text.utf8), forms), "\(text)")
    }
    #expect(Self.contains("Qzxwvkjq".data(using: .utf16LittleEndian) ?? Data(), forms))
    #expect(!Self.contains(Data("nothing of the kind".utf8), forms))
  }

  @Test func noValueIsInTheDatabaseItsFilesOrItsLog() async throws {
    let folder = temporaryFolder + "/markers"
    let cluster = try Cluster(directory: folder, settings: testClusterSettings)
    try await cluster.start()
    let template = try await TestServer.prepare(cluster, keyFile: folder + "-keys")
    let database = TestDatabase(cluster: cluster, name: TestServer.templateName)
    let register = try await TestRegister(database, keyFiles: [template.keyFile], master: template.master)
    let forms = Self.stems.flatMap(Self.forms)

    let organisation = try await register.addOrganisation()
    let contact = try await register.run(
      .maija,
      """
      person.add kind=contact organisation=\(organisation) first-name=QzxwvkjqA last-name=QzxwvkjqB gender=female \
      phone=+358507391846 email=qzxwvkjqc@example.fi street="QzxwvkjqD 1" postcode=00100 town=QzxwvkjqE \
      title=QzxwvkjqF position=QzxwvkjqG note="QzxwvkjqH hei" source=other source-note=QzxwvkjqI purpose=customer-care \
      once=k1 reason=QzxwvkjqJ
      """)
    #expect(contact.code == "done" || contact.code == "invalid/gender")
    let person: PersonID = try contact.id()
    let trader = try await register.run(
      .maija, "person.add kind=private last-name=QzxwvkjqK business-id=4093784-5 purpose=customer-care")
    _ = trader
    for text in ["QzxwvkjqB", "qzxwvkjqc@example.fi", "0507391846", "QzxwvkjqNobody"] {
      let found = try await register.run(.maija, "person.find text=\(text) purpose=customer-care reason=QzxwvkjqL")
      #expect(found.code == "done")
    }
    _ = try await register.run(.maija, "person.show id=\(person) purpose=customer-care")
    // Refusals and errors about them leave nothing either.
    _ = try await register.run(.marko, "person.find text=QzxwvkjqM purpose=marketing")
    _ = try await register.run(.maija, "person.edit id=\(person) rev=1 email=Qzxwvkjq@@ purpose=customer-care")
    _ = try await register.run(
      .maija, "person.import format=csv source=subject purpose=customer-care",
      port: FakePort(feed: [
        .string("Etunimi;Sukunimi;Sähköposti\n"),
        .string("QzxwvkjqN;QzxwvkjqO;qzxwvkjqp@example.fi\nQ;QzxwvkjqQ;qzxwvkjq@@\n"),
      ]))
    try await database.script("CHECKPOINT")
    #expect(!Self.contains(Data(try Programs.dump(database).utf8), forms), "in the dump")
    #expect(try Self.places(in: folder, forms).isEmpty)

    let edit = try await register.run(
      .maija,
      """
      person.edit id=\(person) rev=1 first-name=QzxwvkjqR last-name=QzxwvkjqS phone=+358507391847 note=QzxwvkjqT \
      title=QzxwvkjqU email="" purpose=customer-care
      """)
    #expect(edit.code == "done")
    try await database.script("UPDATE key_fate SET due_at = now()")
    try await register.custody.keyFate.run()
    _ = try await register.entries()
    try await database.script("CHECKPOINT")
    #expect(!Self.contains(Data(try Programs.dump(database).utf8), forms), "in the dump after an edit")
    #expect(try Self.places(in: folder, forms).isEmpty)

    await register.close()
    await cluster.stop()
    #expect(try Self.places(in: folder, forms).isEmpty)
    try? FileManager.default.removeItem(atPath: folder)
  }
}
