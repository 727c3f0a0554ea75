import Wire

/// One row as a record: a line for each value, objects as sections.
struct RecordLayout {
  let text: ValueText

  /// The lines of a row.
  func lines(_ row: JSONObject) -> [String] {
    var lines: [String] = []
    let row = row.filter { $0.value.object?.isEmpty != true }
    let plain = row.filter { !isSection($0.value) && !$0.value.isNull }
    append(plain, indent: 0, to: &lines)
    for member in row where isSection(member.value) { appendSection(member, indent: 0, to: &lines) }
    return lines
  }

  private func isSection(_ value: JSON) -> Bool {
    switch value {
    case .object(let object): !ValueText.isSourced(object)
    case .array(let elements): elements.contains { $0.object.map { !ValueText.isSourced($0) } ?? false }
    default: false
    }
  }

  private func appendSection(_ member: JSONObject.Member, indent: Int, to lines: inout [String]) {
    let margin = String(repeating: " ", count: indent)
    if indent == 0 { lines.append("") }
    lines.append(margin + ValueText.oneLine(member.key))
    switch member.value {
    case .object(let object): appendInside(object, indent: indent + 2, to: &lines)
    case .array(let elements):
      for element in elements { lines.append("\(margin)  \(text.inline(element))") }
    default: break
    }
  }

  private func appendInside(_ object: JSONObject, indent: Int, to lines: inout [String]) {
    append(object.filter { !isSection($0.value) && !$0.value.isNull }, indent: indent, to: &lines)
    for member in object where isSection(member.value) {
      if indent < 8 {
        appendSection(member, indent: indent, to: &lines)
      } else {
        append([member], indent: indent, to: &lines)
      }
    }
  }

  private func append(_ members: [JSONObject.Member], indent: Int, to lines: inout [String]) {
    let margin = String(repeating: " ", count: indent)
    let names = members.map { ValueText.oneLine($0.key) }
    let width = min(names.map { DisplayWidth.columns($0) }.max() ?? 0, 24)
    let blank = String(repeating: " ", count: width)
    for (name, member) in zip(names, members) {
      let padding = String(repeating: " ", count: max(0, width - DisplayWidth.columns(name)))
      for (index, line) in valueLines(member.value).enumerated() {
        lines.append(margin + (index == 0 ? name + padding : blank) + "  " + line)
      }
    }
  }

  /// A line for each value of an array and for each line of a text; at least one.
  private func valueLines(_ value: JSON) -> [String] {
    switch value {
    case .array(let elements) where elements.contains { $0.object != nil }: return elements.map { text.inline($0) }
    case .string(let string): return Self.lines(of: string)
    default: return [text.inline(value)]
    }
  }

  /// The lines of a text, each safe for a terminal.
  static func lines(of text: String) -> [String] {
    text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map { line in
      ValueText.oneLine(String(line))
    }
  }
}
