import Testing

@testable import Wire

@Suite struct JSONTests {
  private func fault(_ text: String) -> JSONFault? { fault(utf8(text)) }

  private func fault(_ bytes: [UInt8]) -> JSONFault? {
    do throws(JSONFault) {
      _ = try JSON.parse(bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test func everyKindOfValueIsRead() throws {
    #expect(try JSON.parse(" null ") == .null)
    #expect(try JSON.parse("[true,false]") == [true, false])
    #expect(try JSON.parse("[0,-0,12,-9223372036854775808,9223372036854775807]") == [0, 0, 12, .int(.min), .int(.max)])
    #expect(try JSON.parse("[0.5,1e3,-1.25E-2,1.0]") == [0.5, 1000.0, -0.0125, 1.0])
    #expect(try JSON.parse(#""a\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00ä""#) == "a\"\\/\u{8}\u{C}\n\r\tä\u{1F600}ä")
    #expect(try JSON.parse(#"{ "a" : [ ] , "b" : { } }"#) == ["a": [], "b": [:]])
    #expect(try JSON.parse(utf8("x[1]x")[1..<4]) == [1])
  }

  @Test func accessorsGiveTheirKindOnly() throws {
    let value = try JSON.parse(#"{"s":"x","i":7,"d":0.5,"b":true,"a":[1,2],"n":null,"o":{"k":1}}"#)
    #expect(value["s"]?.string == "x" && value["s"]?.int == nil)
    #expect(value["i"]?.int == 7 && value["i"]?.double == 7 && value["i"]?.string == nil)
    #expect(value["d"]?.double == 0.5 && value["d"]?.int == nil)
    #expect(value["b"]?.bool == true && value["i"]?.bool == nil)
    #expect(value["a"]?.array?.count == 2 && value["a"]?[1] == 2 && value["a"]?[2] == nil && value["a"]?[-1] == nil)
    #expect(value["n"]?.isNull == true && value["missing"] == nil)
    #expect(value["o"]?.object?["k"] == 1 && value["s"]?["k"] == nil)
    #expect(value.object?.keys == ["s", "i", "d", "b", "a", "n", "o"])
  }

  @Test func objectsKeepTheirOrderAndReplaceInPlace() {
    var object: JSONObject = ["a": 1, "b": 2, "a": 3]
    #expect(object.keys == ["a", "b"] && object["a"] == 3)
    object["c"] = 4
    object["a"] = nil
    object["x"] = nil
    #expect(object.keys == ["b", "c"] && object.count == 2 && !object.isEmpty)
    #expect(object.map(\.value) == [2, 4])
  }

  @Test func malformedTextIsRefused() {
    for text in [
      "", " ", "nul", "nulll", "True", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "{\"a\"}", "{\"a\":}",
      "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "{1:1}", "1 2", "null null", "\"", "\"a", "\"\\\"", "\"\\a\"", "\"\\u12\"",
      "\"\\u12g4\"", "\"\n\"", "\"\u{1F}\"", "01", "-", "-a", "+1", ".5", "1.", "1.e1", "1e", "1e+", "0x1", "NaN",
      "Infinity", "'a'", "[1]x", "ä", "\u{FEFF}1",
    ] {
      #expect(fault(text) == .syntax, "\(text)")
    }
  }

  @Test func whatIJSONForbidsIsRefused() {
    #expect(fault(#"{"a":1,"b":2,"a":3}"#) == .duplicateKey)
    #expect(fault(#"{"a":1,"\u0061":3}"#) == .duplicateKey)
    let many = (0..<40).map { "\"k\($0)\":0" }.joined(separator: ",")
    #expect(fault("{\(many)}") == nil)
    #expect(fault("{\(many),\"k7\":1}") == .duplicateKey)
    for text in [#""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\n""#, #""\ud800\ud800""#, #""\udc00\ud800""#] {
      #expect(fault(text) == .loneSurrogate, "\(text)")
    }
    for text in ["9223372036854775808", "-9223372036854775809", "1e309", "-1e309", "123456789012345678901234567890"] {
      #expect(fault(text) == .numberOutOfRange, "\(text)")
    }
    for bytes: [UInt8] in [
      [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22], [0xFF],
    ] {
      #expect(fault(bytes) == .encoding)
    }
  }

  @Test func thirtyTwoLevelsPassAndOneMoreDoesNot() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(fault(nested(32)) == nil)
    #expect(fault(nested(33)) == .tooDeep)
    #expect(fault(String(repeating: "[", count: 100_000)) == .tooDeep)
    #expect(fault(String(repeating: "{\"a\":", count: 100_000)) == .tooDeep)
  }

  @Test func whatIsWrittenHoldsNothingHidden() throws {
    var text = String.UnicodeScalarView()
    for value in UInt32(0)...0x2FFF { if let scalar = Unicode.Scalar(value) { text.append(scalar) } }
    for value: UInt32 in [0xE000, 0xFEFE, 0xFEFF, 0xFF00, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF] {
      if let scalar = Unicode.Scalar(value) { text.append(scalar) }
    }
    let written = JSON.string(String(text)).encoded()
    let shown = String(decoding: written, as: UTF8.self).unicodeScalars
    #expect(shown.allSatisfy { (0x20...0x7E).contains($0.value) || Scalars.isSafe($0.value) })
    #expect(try JSON.parse(written).string.map { Array($0.utf8) } == Array(String(text).utf8))
    #expect(
      JSON.string("\u{AD}\u{61C}\u{202E}\u{9B}\u{7F}\n\"").encoded() == utf8(#""\u00ad\u061c\u202e\u009b\u007f\n\"""#))
  }

  @Test func theWriterNeedsNoTree() {
    var writer = JSONWriter(appendingTo: utf8("> "))
    writer.beginObject()
    writer.key("a")
    writer.string("x")
    writer.key("b" + String(1))
    writer.beginArray()
    writer.int(-12)
    writer.int(Int64.min)
    writer.bool(true)
    writer.null()
    writer.double(0.5)
    writer.double(.infinity)
    writer.beginObject()
    writer.endObject()
    writer.raw(utf8("[1]"))
    writer.endArray()
    writer.key("c")
    writer.value(["d": []])
    writer.endObject()
    let text = #"> {"a":"x","b1":[-12,-9223372036854775808,true,null,0.5,null,{},[1]],"c":{"d":[]}}"#
    #expect(writer.bytes == utf8(text))
    #expect(writer.taken() == utf8(text))
    #expect(writer.bytes.isEmpty)
  }

  @Test func writingAppends() {
    var bytes = utf8("x")
    JSON.object(["a": 1]).write(into: &bytes)
    #expect(bytes == utf8(#"x{"a":1}"#))
    #expect(JSON.array([1, "é"]).description == "[1,\"é\"]")
  }

  @Test func stringsFromBytesNeverBecomeIllFormed() throws {
    var writer = JSONWriter()
    ([0x61, 0xFF, 0x62, 0xE2, 0x82] as [UInt8]).withUnsafeBufferPointer { writer.string(utf8: $0) }
    #expect(try JSON.parse(writer.bytes) == "a\u{FFFD}b\u{FFFD}\u{FFFD}")
  }

  @Test func whatIsWrittenReadsBackTheSame() throws {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<4000 {
      let value = randomJSON(&random, depth: 5)
      #expect(try JSON.parse(value.encoded()) == value)
    }
  }

  @Test func mutatedTextNeverCrashesAndWhatParsesIsStable() throws {
    var random = SeededGenerator(seed: 6)
    var parsed = 0
    for _ in 0..<10_000 {
      let bytes = randomJSON(&random, depth: 4).encoded().mutated(using: &random)
      guard let value = try? JSON.parse(bytes) else { continue }
      parsed += 1
      let written = value.encoded()
      #expect(try JSON.parse(written).encoded() == written)
    }
    #expect(parsed > 500)
  }
}

/// A value of any kind, objects without duplicate keys.
func randomJSON(_ random: inout SeededGenerator, depth: Int) -> JSON {
  switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
  case 0: return .null
  case 1: return .bool(Bool.random(using: &random))
  case 2: return .int(Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...63, using: &random))
  case 3:
    let value = Double(bitPattern: UInt64.random(in: 0 ... .max, using: &random))
    return .double(value.isFinite ? value : 0.25)
  case 4, 5: return .string(randomText(&random))
  case 6:
    return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in randomJSON(&random, depth: depth - 1) })
  default:
    var object = JSONObject()
    for _ in 0..<Int.random(in: 0...20, using: &random) {
      object[randomText(&random)] = randomJSON(&random, depth: depth - 2)
    }
    return .object(object)
  }
}
