import Custody
public import Model
public import Wire

extension Engine {
  /// What `describe` answers: every verb that an employee may use now, or one of them.
  public func describe(language: Language, user: UserID, session: SessionID?, verb: String?) -> [JSONObject] {
    let policy = Policy(rules: services.custody.currentRules)
    let isBreakingGlass = policy.rules.breakGlass(of: user, session: session, at: .now()) != nil
    return Catalogue.commands.map { $0.spec }.filter { spec in
      if let verb, spec.verb != verb { return false }
      return spec.isAllowed(to: user, by: policy, isBreakingGlass: isBreakingGlass)
    }.map { $0.described(in: language) }
  }
}

extension CommandSpec {
  /// Whether an employee may use the command for some purpose.
  func isAllowed(to user: UserID, by policy: Policy, isBreakingGlass: Bool = false) -> Bool {
    let purposes: [Purpose?] = purpose == .required ? Purpose.allCases : [nil]
    return purposes.contains { candidate in
      let decision = policy.decide(
        user: user, permission: permission, purposeRule: purpose, purpose: candidate, isBreakingGlass: isBreakingGlass)
      return if case .allowed = decision { true } else { false }
    }
  }

  /// The row of `describe`.
  func described(in language: Language) -> JSONObject {
    [
      "verb": .string(verb), "summary": .string(summary[language]), "effect": .string(effect.rawValue),
      "purpose": .string(purpose == .required ? "required" : purpose == .optional ? "optional" : "none"),
      "permission": .string(permissionName),
      "parameters": .array(
        parameters.map { parameter in
          var object: JSONObject = [
            "name": .string(parameter.name), "type": .string(parameter.type.name),
            "required": .bool(parameter.isRequired), "personal": .bool(parameter.isPersonal),
            "summary": .string(parameter.help[language]),
          ]
          if !parameter.type.choices.isEmpty { object["choices"] = .array(parameter.type.choices.map { .string($0) }) }
          return .object(object)
        }),
      "columns": .array(columns.map { ["name": .string($0.name), "personal": .bool($0.isPersonal)] }),
    ]
  }

  /// The permission in one word or two.
  var permissionName: String {
    switch permission {
    case .object(let object, let action): "\(object.rawValue) \(action.rawValue)"
    case .anyOf(let objects, let action): objects.map(\.rawValue).joined(separator: "|") + " " + action.rawValue
    case .persons(let categories, let action):
      categories.members.map(\.name).joined(separator: "|") + " " + action.rawValue
    case .marks: "marks write"
    }
  }
}
