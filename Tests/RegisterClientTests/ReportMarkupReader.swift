/// A strict reader of the well-formed kind of HTML that reports are: throws where an element is not closed, an attribute
/// is not quoted, or a character stands bare.
struct ReportMarkupReader {
  struct Fault: Error { let reason: String }

  /// An element as it was opened.
  struct Element {
    let name: String
    let attributes: [String: String]
    /// The text within it and the elements in it.
    var text = ""
    /// Names of the elements around it.
    let path: [String]
  }

  /// All elements, in the order in which they end.
  private(set) var elements: [Element] = []
  private var rest: Substring.UnicodeScalarView
  private var open: [Element] = []

  init(_ html: String) throws {
    rest = html[...].unicodeScalars
    try expect("<!DOCTYPE html>")
    while !rest.isEmpty { try piece() }
    guard open.isEmpty else { throw Fault(reason: "\(open.map(\.name)) not closed") }
  }

  /// The texts of all elements of a name.
  func texts(_ name: String) -> [String] { elements.filter { $0.name == name }.map(\.text) }

  private mutating func piece() throws {
    if try take("</") {
      let name = word()
      try expect(">")
      guard let last = open.popLast(), last.name == name else {
        throw Fault(reason: "</\(name)> in \(open.map(\.name))")
      }
      end(last)
    } else if try take("<") {
      try start()
    } else if open.last?.name == "style" {
      while let scalar = rest.first, scalar != "<" { rest.removeFirst() }
    } else {
      let scalar = try character()
      guard !open.isEmpty else {
        guard scalar == "\n" else { throw Fault(reason: "text outside") }
        return
      }
      open[open.count - 1].text.unicodeScalars.append(scalar)
    }
  }

  private mutating func end(_ element: Element) {
    elements.append(element)
    if !open.isEmpty { open[open.count - 1].text += element.text }
  }

  private mutating func start() throws {
    let name = word()
    guard !name.isEmpty else { throw Fault(reason: "a bare <") }
    var attributes: [String: String] = [:]
    while try take(" ") {
      let key = word()
      guard !key.isEmpty, attributes[key] == nil else { throw Fault(reason: "attribute \(key) of \(name)") }
      try expect("=\"")
      var value = String.UnicodeScalarView()
      while let scalar = rest.first, scalar != "\"" { value.append(try character(scalar)) }
      try expect("\"")
      attributes[key] = String(value)
    }
    let element = Element(name: name, attributes: attributes, path: open.map(\.name))
    if try take("/>") { return end(element) }
    try expect(">")
    open.append(element)
  }

  /// A character of a text or a value; a bare `<`, `>` or `"` is none.
  private mutating func character(_ first: Unicode.Scalar? = nil) throws -> Unicode.Scalar {
    let known: [(String, Unicode.Scalar)] = [
      ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"),
    ]
    for (entity, scalar) in known where try take(entity) { return scalar }
    guard let scalar = rest.popFirst(), !"<>&\"'".unicodeScalars.contains(scalar) else {
      throw Fault(reason: "a bare markup character before \(String(rest.prefix(40)))")
    }
    return scalar
  }

  private mutating func word() -> String {
    var word = String.UnicodeScalarView()
    while let scalar = rest.first, scalar.isASCII,
      scalar.properties.isAlphabetic || "-0123456789".unicodeScalars.contains(scalar)
    {
      word.append(scalar)
      rest.removeFirst()
    }
    return String(word)
  }

  private mutating func take(_ text: String) throws -> Bool {
    guard rest.starts(with: text.unicodeScalars) else { return false }
    rest.removeFirst(text.unicodeScalars.count)
    return true
  }

  private mutating func expect(_ text: String) throws {
    guard try take(text) else { throw Fault(reason: "no \(text) before \(String(rest.prefix(40)))") }
  }
}
