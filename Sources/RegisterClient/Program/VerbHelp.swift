import Model
import Wire

/// A verb as `describe` tells of it; what a server leaves out is taken as unknown.
struct VerbHelp: Sendable, Equatable {
  /// A parameter of the verb.
  struct Parameter: Sendable, Equatable {
    let name: String
    let type: String
    /// The words it allows; empty where any value of the type is.
    let choices: [String]
    let summary: String
    let isRequired: Bool
    /// Whether it carries personal data; so too where the server does not say.
    let isPersonal: Bool
  }

  let verb: String
  let summary: String
  let effect: String
  let parameters: [Parameter]

  /// Reads a row of `describe`; nil for one that names no verb.
  init?(_ row: JSON) {
    guard let verb = row["verb"]?.string else { return nil }
    self.verb = verb
    summary = row["summary"]?.string ?? ""
    effect = row["effect"]?.string ?? ""
    parameters = (row["parameters"]?.array ?? row["params"]?.array ?? []).compactMap { value in
      guard let name = value["name"]?.string else { return nil }
      return Parameter(
        name: name, type: value["type"]?.string ?? "",
        choices: (value["choices"]?.array ?? []).compactMap(\.string), summary: value["summary"]?.string ?? "",
        isRequired: value["required"]?.bool ?? false, isPersonal: value["personal"]?.bool ?? true)
    }
  }

  /// All verbs, a line each.
  static func list(_ verbs: [VerbHelp], width: Int?) -> [String] {
    let rows = verbs.sorted { $0.verb < $1.verb }.map { [$0.verb, $0.summary, $0.effect].map(ValueText.oneLine) }
    let table = TableLayout(headers: ["", "", ""], rows: rows, width: width)
    return rows.map { table.line($0) }
  }

  /// One verb with its parameters.
  func lines(language: Language) -> [String] {
    let names = parameters.map { ValueText.oneLine($0.name) + "=" }
    let width = names.map { DisplayWidth.columns($0) }.max() ?? 0
    let details = parameters.map { parameter in
      var marks = [parameter.choices.isEmpty ? parameter.type : parameter.choices.joined(separator: "|")]
      if parameter.isRequired { marks.append(ProgramText.required[language]) }
      if parameter.isPersonal { marks.append(ProgramText.personal[language]) }
      let mark = marks.filter { !$0.isEmpty }.joined(separator: ", ")
      return ValueText.oneLine(parameter.summary.isEmpty ? mark : "\(mark): \(parameter.summary)")
    }
    let title = [verb, summary].filter { !$0.isEmpty }.joined(separator: ": ")
    return [ValueText.oneLine(title)]
      + zip(names, details).map { "  \(DisplayWidth.fit($0, to: width))  \($1)" }
  }
}
