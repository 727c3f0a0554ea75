public import Model
public import Wire

/// What the end of a command means, for people.
public enum ResultText {
  /// The lines of a final line, safe for a terminal; none where there is nothing to say.
  ///
  /// `rows` is how many rows were shown.
  public static func lines(_ final: CommandResult, rows: Int, language: Language) -> [String] {
    var lines: [String] = []
    switch (final.status, final.code) {
    case (.ok, "done"):
      if let message = final.message { lines.append(message) }
      let tellsMore = (final.object.object?.keys ?? []).contains { !["rows", "rid", "next"].contains($0) }
      if rows == 0, !tellsMore, final.object["rows"]?.int == 0 { lines.append(ProgramText.noRows[language]) }
    case (.ok, _):
      if final.isOf("pending") {
        return pending(final, language).map { ValueText.oneLine($0) }
      } else if final.isOf("done/partial") {
        lines.append(ProgramText.partial[language])
      } else if final.isOf("done/warning") {
        lines.append(ProgramText.warning[language])
      }
      if let message = final.message { lines.append(message) }
    case (.no, _), (.bad, _):
      let reference = final.object["rid"]?.string.map { ", rid \($0)" } ?? ""
      lines.append("\(final.message ?? final.status.rawValue) (\(final.code)\(reference))")
    }
    lines += extras(final, language)
    return lines.map { ValueText.oneLine($0) }
  }

  /// Who it waits for, until when, under which id, and what to do then.
  private static func pending(_ final: CommandResult, _ language: Language) -> [String] {
    let isGiven = final.object["state"]?.string == "approved"
    var lines = [(isGiven ? ProgramText.pendingGiven : ProgramText.pending)[language]]
    if let message = final.message, !isGiven { lines.append(message) }
    if let id = final.object["approval"]?.string {
      let until = final.object["expires"]?.string.map { " (\(ProgramText.until[language]) \(ValueText.moment($0)))" }
      lines.append("  approval=\(id)\(until ?? "")")
    }
    let told: Set<String> = ["msg", "hint", "rid", "rows", "approval", "expires", "state"]
    return lines + extras(final, language, told: told)
  }

  private static func extras(
    _ final: CommandResult, _ language: Language,
    told: Set<String> = ["msg", "hint", "rid", "rows", "next", "retry", "unknown"]
  ) -> [String] {
    let text = ValueText(language: language)
    var lines: [String] = []
    if let hint = final.hint { lines.append(hint) }
    if final.object["unknown"]?.bool == true { lines.append(ProgramText.unknown[language]) }
    if final.status != .ok, final.hint == nil, final.object["retry"]?.int != nil {
      lines.append(ProgramText.retry[language])
    }
    for member in final.object.object ?? [:] where !told.contains(member.key) && !member.value.isNull {
      lines.append("\(member.key): \(text.inline(member.value))")
    }
    if let next = final.next { lines.append("\(ProgramText.more[language]) after=\(next)") }
    return lines
  }

  /// How far a command is: `1200/5000 (24 %)`, or what else the server tells.
  public static func progress(_ value: JSON, language: Language) -> String {
    guard let done = value["done"]?.int else { return ValueText(language: language).inline(value) }
    guard let total = value["total"]?.int, total > 0 else { return String(done) }
    let share = Int(min(1, max(0, Double(done) / Double(total))) * 100)
    return "\(done)/\(total) (\(share) %)"
  }
}
