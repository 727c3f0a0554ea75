import Custody
public import Model

/// The reference of all commands as a page, made from their specs (`docs/commands.md`).
public enum CommandReference {
  /// The page in one language, as Markdown.
  public static func markdown(_ language: Language) -> String {
    var lines = [title[language], "", note[language], ""]
    for command in Catalogue.commands {
      let spec = command.spec
      lines += ["## `\(spec.verb)`", "", spec.summary[language], ""]
      lines.append(facts(spec, language))
      lines.append("")
      guard !spec.parameters.isEmpty else { continue }
      lines += ["| | | |", "|---|---|---|"]
      for parameter in spec.parameters { lines.append(row(parameter, language)) }
      lines.append("")
    }
    return lines.joined(separator: "\n")
  }

  private static let title = Text(en: "# Commands", fi: "# Komennot", sv: "# Kommandon")

  private static let note = Text(
    en: "Made by `rekisterid commands`. A parameter in **bold** is needed; one marked † is personal data.",
    fi: "Tehty komennolla `rekisterid commands`. **Lihavoitu** parametri on pakollinen; † merkitsee henkilötietoa.",
    sv: "Gjord med `rekisterid commands`. En parameter i **fetstil** behövs; † betyder personuppgift.")

  private static func facts(_ spec: CommandSpec, _ language: Language) -> String {
    let purpose =
      switch spec.purpose {
      case .none: Text(en: "no purpose", fi: "ei käyttötarkoitusta", sv: "inget ändamål")
      case .optional: Text(en: "a purpose may be given", fi: "käyttötarkoitus voidaan antaa", sv: "ändamål kan anges")
      case .required: Text(en: "needs a purpose", fi: "tarvitsee käyttötarkoituksen", sv: "kräver ett ändamål")
      }
    let effect =
      spec.effect == .write
      ? Text(en: "changes data", fi: "muuttaa tietoja", sv: "ändrar uppgifter")
      : Text(en: "reads", fi: "lukee", sv: "läser")
    let roles = JobRole.allCases.filter { role in
      let employee = Employee(id: UserID(high: 0, low: 1), name: "x", roles: [role])
      let rules = AccessRules(epoch: 0, employees: [employee], grants: ShippedPolicy.grants)
      return spec.isAllowed(to: employee.id, by: Policy(rules: rules))
    }
    let who =
      roles.count == JobRole.allCases.count
      ? Text(en: "everybody", fi: "kaikki", sv: "alla")[language]
      : roles.map { $0.title[language] }.joined(separator: ", ")
    var facts = [who, effect[language], purpose[language]]
    if spec.approval != .never {
      facts.append(
        Text(en: "needs an approval", fi: "tarvitsee hyväksynnän", sv: "kräver ett godkännande")[language]
          + (spec.approval.isSometimes ? Text(en: " at times", fi: " joskus", sv: " ibland")[language] : ""))
    }
    return facts.joined(separator: " · ")
  }

  private static func row(_ parameter: ParameterSpec, _ language: Language) -> String {
    let name = parameter.isRequired ? "**`\(parameter.name)`**" : "`\(parameter.name)`"
    let choices = parameter.type.choices
    let values = choices.isEmpty ? parameter.type.name : choices.joined(separator: ", ")
    return "| \(name)\(parameter.isPersonal ? " †" : "") | \(values) | \(parameter.help[language]) |"
  }
}
