import Custody
import Model

/// The sentences that `policy.explain` is put together from.
enum ExplanationWords {
  // MARK: Allowed

  /// The rule by which an employee may run a command.
  static func allowed(_ employee: Employee, _ verb: String, _ purpose: Purpose?, _ grant: Grant) -> Text {
    let name = employee.shownName
    let what = PolicyWords.phrase(grant.object, grant.action) + whom(grant)
    let rule = PolicyText.short(grant)
    let forPurpose = self.forPurpose(purpose)
    return Text(
      en: "\(name) may run \(verb)\(forPurpose.en), because the role “\(grant.role.title.en)” may \(what.en), "
        + "by the rule “\(rule)”.",
      fi: "\(name) saa suorittaa komennon \(verb)\(forPurpose.fi), koska työnkuva ”\(grant.role.title.fi)” saa "
        + "\(what.fi) säännöllä ”\(rule)”.",
      sv: "\(name) får köra \(verb)\(forPurpose.sv), eftersom rollen ”\(grant.role.title.sv)” får \(what.sv) "
        + "enligt regeln ”\(rule)”.")
  }

  private static func forPurpose(_ purpose: Purpose?) -> Text {
    guard let title = purpose?.title else { return Text(en: "", fi: "", sv: "") }
    return Text(
      en: " for the purpose “\(title.en)”", fi: " käyttötarkoitukseen ”\(title.fi)”",
      sv: " för ändamålet ”\(title.sv)”")
  }

  /// Of whom, where a rule is about persons.
  private static func whom(_ grant: Grant) -> Text {
    grant.object.isDecidedByPerson
      ? whom(grant.action == .breakGlassRead ? .all : grant.scope, grant.kinds) : Text(en: "", fi: "", sv: "")
  }

  private static func whom(_ scope: PolicyScope, _ kinds: KindSet) -> Text {
    let who =
      switch kinds {
      case .contact: Text(en: "contact persons", fi: "yhteyshenkilöistä", sv: "kontaktpersoner")
      case .private: Text(en: "private customers", fi: "henkilöasiakkaista", sv: "privatkunder")
      default: Text(en: "customers", fi: "asiakkaista", sv: "kunder")
      }
    return switch scope {
    case .all: Text(en: " of all \(who.en)", fi: " kaikista \(who.fi)", sv: " om alla \(who.sv)")
    case .team: Text(en: " of the team's \(who.en)", fi: " tiimin \(who.fi)", sv: " om teamets \(who.sv)")
    case .assigned: Text(en: " of own \(who.en)", fi: " omista \(who.fi)", sv: " om egna \(who.sv)")
    }
  }

  /// What a role reaches of persons in one way: its categories, by whose customers and which kind.
  static func reaches(_ role: JobRole, _ grants: [Grant]) -> Text {
    var parts: [Text] = []
    for scope in PolicyScope.allCases {
      for kinds in [KindSet.both, .contact, .private] {
        let own = grants.filter { $0.scope == scope && $0.kinds == kinds }
        let nouns = PolicyText.sorted(own).map { noun($0) }.reduce(into: [Text]()) { list, noun in
          if !list.contains(noun) { list.append(noun) }
        }
        if !nouns.isEmpty { parts.append(PolicyWords.list(nouns) + whom(scope, kinds)) }
      }
    }
    guard !parts.isEmpty else { return Text(en: "", fi: "", sv: "") }
    func joined(_ words: [String]) -> String { words.joined(separator: "; ") }
    return Text(
      en: "For this the role reaches: \(joined(parts.map(\.en))).",
      fi: "Tähän työnkuva ulottuu näin: \(joined(parts.map(\.fi))).",
      sv: "För detta når rollen: \(joined(parts.map(\.sv))).")
  }

  /// A category with the fields that a rule names, where it does not name all.
  private static func noun(_ grant: Grant) -> Text {
    let noun = PolicyWords.noun(grant.object)
    guard grant.fields != grant.usualFields else { return noun }
    let fields = grant.fields.members.map(\.name).joined(separator: ", ")
    return Text(en: "\(noun.en) (\(fields))", fi: "\(noun.fi) (\(fields))", sv: "\(noun.sv) (\(fields))")
  }

  /// A denial that takes something away.
  static func excepted(_ denial: Grant) -> Text {
    let rule = PolicyText.short(denial)
    let what = noun(denial) + whom(denial)
    return Text(
      en: "A denial wins and takes away \(what.en): “\(rule)”.",
      fi: "Kielto voittaa ja sulkee pois \(what.fi): ”\(rule)”.",
      sv: "Ett förbud går före och tar bort \(what.sv): ”\(rule)”.")
  }

  static func session(_ employee: Employee, _ verb: String) -> Text {
    let name = employee.shownName
    return Text(
      en: "\(name) may run \(verb): everybody who is logged in may, without any rule.",
      fi: "\(name) saa suorittaa komennon \(verb): jokainen kirjautunut saa, ilman sääntöä.",
      sv: "\(name) får köra \(verb): alla inloggade får det, utan någon regel.")
  }

  static func everybody(_ verb: String) -> Text {
    Text(
      en: "\(verb) belongs to the connection itself: everybody may use it and it needs no permission.",
      fi: "\(verb) kuuluu itse yhteyteen: jokainen saa käyttää sitä eikä se tarvitse lupaa.",
      sv: "\(verb) hör till själva förbindelsen: alla får använda det och det kräver inget tillstånd.")
  }

  /// Who must agree.
  static func approval(_ rule: CommandSpec.ApprovalRule, by roles: [JobRole]) -> Text {
    var isAlways = false
    if case .always = rule { isAlways = true }
    let always =
      isAlways
      ? Text(
        en: "Another person must approve it", fi: "Toisen henkilön on hyväksyttävä se",
        sv: "En annan person måste godkänna det")
      : Text(
        en: "Some uses need another person's approval", fi: "Joihinkin käyttöihin tarvitaan toisen henkilön hyväksyntä",
        sv: "Vissa användningar kräver en annan persons godkännande")
    guard !roles.isEmpty else { return always + Text(en: ".", fi: ".", sv: ".") }
    let who = titles(roles)
    return Text(
      en: "\(always.en), who holds the role \(who.en).",
      fi: "\(always.fi); hyväksyjän työnkuva on \(who.fi).",
      sv: "\(always.sv); den som godkänner har rollen \(who.sv).")
  }

  static func titles(_ roles: [JobRole]) -> Text {
    func joined(_ words: [String], _ or: String, _ open: String) -> String {
      let quoted = words.map { "\(open)\($0)”" }
      guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "" }
      return quoted.dropLast().joined(separator: ", ") + " \(or) " + last
    }
    return Text(
      en: joined(roles.map(\.title.en), "or", "“"), fi: joined(roles.map(\.title.fi), "tai", "”"),
      sv: joined(roles.map(\.title.sv), "eller", "”"))
  }

  // MARK: Emergency reads

  static func breakGlass(_ employee: Employee, until: Instant) -> Text {
    let name = employee.shownName
    return Text(
      en: "\(name) has taken an emergency read (breakglass.take), which widens that one session until \(until).",
      fi: "\(name) on ottanut hätäluvun (breakglass.take), joka laajentaa tuota yhtä istuntoa \(until) asti.",
      sv: "\(name) har tagit en nödläsning (breakglass.take), som vidgar den enda sessionen till \(until).")
  }

  /// What would be so without the emergency read.
  static func withoutBreakGlass(_ refusal: Text) -> Text {
    Text(
      en: "In other sessions not: \(refusal.en)", fi: "Muissa istunnoissa ei: \(refusal.fi)",
      sv: "I andra sessioner inte: \(refusal.sv)")
  }

  static let needsBreakGlass = Text(
    en: "In an emergency it could be read after breakglass.take, which a privacy officer reviews.",
    fi: "Hätätilanteessa sen voisi lukea komennon breakglass.take jälkeen; tietosuojavastaava tarkastaa käytön.",
    sv: "I ett nödläge kunde det läsas efter breakglass.take, som ett dataskyddsombud granskar.")
}

extension Employee {
  /// What colleagues call them, or the log-in name.
  var shownName: String { fullName.isEmpty ? name : fullName }
}

extension Text {
  /// Two sentences, one after the other.
  static func + (left: Text, right: Text) -> Text {
    func joined(_ one: String, _ other: String) -> String {
      if one.isEmpty || other.isEmpty || other.hasPrefix(" ") || other.hasPrefix(".") { return one + other }
      return one + " " + other
    }
    return Text(en: joined(left.en, right.en), fi: joined(left.fi, right.fi), sv: joined(left.sv, right.sv))
  }

  static func += (left: inout Text, right: Text) { left = left + right }
}
