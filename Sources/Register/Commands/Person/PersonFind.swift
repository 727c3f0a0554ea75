import Custody
import Model
import Wire

/// Finds persons by what somebody types: a name, an e-mail address, a phone number or an organisation.
struct PersonFind: RegisterCommand {
  static let spec = CommandSpec(
    verb: "person.find",
    summary: Text(
      en: "Find persons by name, e-mail, phone or organisation.",
      fi: "Etsi henkilöitä nimellä, sähköpostilla, puhelimella tai yrityksellä.",
      sv: "Sök personer på namn, e-post, telefon eller organisation."),
    parameters: [
      .init("text", .text, required: true, personal: true, Words.searchText),
      .init("organisation", .id, required: false, personal: false, Words.organisation),
      .init("limit", .int(1...Limits.pageRowsMax), required: false, personal: false, Words.limit),
    ],
    columns: PersonList.columns, permission: .persons(CategorySet(.identity), .read), purpose: .required, effect: .read,
    log: .perPerson, approval: .never, timeLimitMilliseconds: Limits.commandMilliseconds)

  private let text: String
  private let organisation: OrganisationID?
  private let limit: Int

  init(_ arguments: inout Arguments) throws(RegisterError) {
    text = try SearchText.parse(arguments, "text")
    organisation = try arguments.optionalID("organisation")
    limit = try arguments.int("limit", in: 1...Limits.pageRowsMax, default: 20)
  }

  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final {
    let reach = permit.reach
    let fields = SearchableFields(reach)
    let withRestricted = permit.reachesRestricted
    let withProtected = permit.reachesProtected
    let ids = call.directory.persons(text, organisation: organisation, limit: limit) { candidate in
      guard !candidate.id.isOrganisation, withRestricted || !candidate.marks.contains(.restricted) else { return [] }
      var fields = fields.of(candidate.kind, reach.nearness(of: candidate.manager))
      if candidate.marks.contains(.protected), !withProtected { fields.remove(.phone) }
      return fields
    }
    let textHash = try SearchWords.hash(
      text, keys: call.custody.keys, month: SearchWords.month(of: .now()))
    return try await PersonList.answer(call, permit, ids, textHash: textHash, next: nil)
  }
}

/// The fields in which a search may match, by the person's kind and by how near their manager is.
private struct SearchableFields: Sendable {
  private var sets: [SearchFields] = []

  init(_ reach: Reach) {
    for kind in PersonKind.allCases {
      for scope in PolicyScope.allCases { sets.append(SearchFields(reach.searchable(scope, kind))) }
    }
  }

  func of(_ kind: PersonKind?, _ nearness: PolicyScope) -> SearchFields {
    guard let kind else { return [] }
    return sets[(Int(kind.rawValue) - 1) * PolicyScope.allCases.count + Int(nearness.rawValue) - 1]
  }
}

/// A search text as commands take it.
enum SearchText {
  static func parse(_ arguments: Arguments, _ name: String) throws(RegisterError) -> String {
    let text = try arguments.required(name)
    guard text.unicodeScalars.count <= Limits.searchTextScalarsMax, SafeText.isSafe(text), !Folding.fold(text).isEmpty
    else {
      throw .invalid(
        name,
        Text(
          en: "A search is 1 to \(Limits.searchTextScalarsMax) ordinary characters.",
          fi: "Hakusana on 1–\(Limits.searchTextScalarsMax) tavallista merkkiä.",
          sv: "En sökning är 1–\(Limits.searchTextScalarsMax) vanliga tecken."))
    }
    return text
  }
}

extension SearchFields {
  /// The fields in which a search may match, of those that a permit reaches.
  init(_ fields: FieldSet) {
    self = .organisation
    if fields.contains(.lastName) { insert(.name) }
    if fields.contains(.email) { insert(.email) }
    if fields.contains(.phone) { insert(.phone) }
  }
}
