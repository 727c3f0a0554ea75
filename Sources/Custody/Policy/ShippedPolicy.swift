public import Model

/// The policy that a new register starts with: the table of REGISTER.md section 4.
public enum ShippedPolicy {
  /// The purposes each job role works for.
  public static func purposes(of role: JobRole) -> PurposeSet {
    switch role {
    case .customerService: PurposeSet([.customerCare, .customerService, .feedback])
    case .sales: PurposeSet([.sales, .customerCare])
    case .marketing: PurposeSet([.marketing, .communication])
    case .analyst: PurposeSet([.analysis, .research])
    case .privacyOfficer: PurposeSet([.dataSubjectRights, .legalObligation])
    case .administrator, .auditor: []
    }
  }

  /// Every rule.
  public static var grants: [Grant] {
    customerService + sales + marketing + analyst + privacyOfficer + administrator + auditor
  }

  private static func rules(
    _ role: JobRole, _ action: PolicyAction, _ objects: [PolicyObject], scope: PolicyScope = .all,
    kinds: KindSet = .both, fields: FieldSet? = nil
  ) -> [Grant] {
    objects.map {
      let contactOnly = $0 == .demographic || $0 == .professional
      return Grant(
        role: role, object: $0, action: action, kinds: contactOnly ? .contact : kinds, fields: fields,
        purposes: purposes(of: role), scope: scope)
    }
  }

  private static var customerService: [Grant] {
    let full: [PolicyObject] = [
      .organisation, .identity, .contact, .demographic, .professional, .interactions, .feedback, .other,
    ]
    return rules(.customerService, .read, full + [.commercial, .lists])
      + rules(
        .customerService, .write, full + [.markDeceased, .markDoNotContact, .informing, .personImport, .reassign])
      + breakGlass(.customerService)
  }

  /// What a role may look at in an emergency: everything that is sealed, for its own purposes.
  private static func breakGlass(_ role: JobRole) -> [Grant] {
    rules(role, .breakGlassRead, Category.allCases.map(PolicyObject.init))
      + rules(role, .write, [.breakGlass, .dailyNumber])
  }

  private static var sales: [Grant] {
    rules(.sales, .read, [.organisation, .identity])
      + rules(.sales, .write, [.organisation])
      + rules(
        .sales, .read, [.contact, .demographic, .professional, .commercial, .interactions, .lists, .other],
        scope: .assigned)
      + rules(
        .sales, .write,
        [.identity, .contact, .professional, .commercial, .interactions, .other, .markDoNotContact, .informing],
        scope: .assigned)
      + breakGlass(.sales)
  }

  private static var marketing: [Grant] {
    rules(.marketing, .read, [.organisation, .lists, .segments])
      + rules(.marketing, .write, [.lists, .segments])
      + rules(.marketing, .readByList, [.identity])
      + rules(.marketing, .readBySegment, [.identity, .professional, .commercial])
      + rules(
        .marketing, .readByList, [.contact],
        fields: FieldSet([.email, .street, .postcode, .town, .country]))
      + rules(.marketing, .write, [.personExport]) + breakGlass(.marketing)
  }

  private static var analyst: [Grant] {
    rules(.analyst, .read, [.organisation]) + rules(.analyst, .figures, [.feedback, .research, .segments])
      + rules(.analyst, .write, [.segments]) + breakGlass(.analyst)
  }

  private static var privacyOfficer: [Grant] {
    let full: [PolicyObject] = [.identity, .contact, .demographic, .professional, .lists, .other]
    let readOnly: [PolicyObject] = [
      .organisation, .commercial, .interactions, .feedback, .research, .segments, .protectedContact, .policyForPerson,
    ]
    let writeOnly: [PolicyObject] = [
      .protectedContact, .markDeceased, .markDoNotContact, .markProtected, .merge, .informing,
    ]
    return rules(.privacyOfficer, .read, full + readOnly) + rules(.privacyOfficer, .write, full + writeOnly)
      + rules(.privacyOfficer, .read, [.breakGlass, .accessHistory, .logReview]) + breakGlass(.privacyOfficer)
      + rules(
        .privacyOfficer, .approve, [.merge, .personImport, .personExport, .breakGlass, .dailyNumber, .logReview])
  }

  private static var administrator: [Grant] {
    rules(.administrator, .read, [.users, .roles, .policy, .server, .keys, .sessions])
      + rules(.administrator, .write, [.users, .roles, .policy, .server, .keys, .sessions])
      + rules(.administrator, .read, [.deputies]) + rules(.administrator, .write, [.deputies, .reassign])
      + rules(.administrator, .approve, [.users, .roles, .policy, .deputies, .ruleReview])
  }

  private static var auditor: [Grant] {
    rules(.auditor, .read, [.users, .roles, .policy, .deputies, .log, .logReview])
      + rules(.auditor, .write, [.logReview])
      + rules(.auditor, .approve, [.users, .roles, .policy, .deputies, .ruleReview, .logReview])
  }
}
