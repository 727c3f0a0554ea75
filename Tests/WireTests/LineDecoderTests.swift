import Testing

@testable import Wire

@Suite struct LineDecoderTests {
  /// All lines of a stream that arrives in these pieces, and the fault that ends it.
  private func read(_ pieces: [[UInt8]], maximum: Int) -> (lines: [[UInt8]], fault: LineFault?) {
    var decoder = LineDecoder(maximumBytes: maximum)
    var lines: [[UInt8]] = []
    do throws(LineFault) {
      for piece in pieces {
        decoder.append(piece)
        while let line = try decoder.next() { lines.append(line) }
      }
    } catch {
      return (lines, error)
    }
    return (lines, nil)
  }

  private func read(_ text: String, maximum: Int = 100) -> (lines: [String], fault: LineFault?) {
    let found = read([utf8(text)], maximum: maximum)
    return (found.lines.map { String(decoding: $0, as: UTF8.self) }, found.fault)
  }

  @Test func endsOfLinesAreLineFeedsWithOrWithoutCarriageReturn() {
    let found = read("a\r\nb\n\n\r\ncä\nrest")
    #expect(found.lines == ["a", "b", "", "", "cä"])
    #expect(found.fault == nil)
  }

  @Test func aLineOfTheMaximumPassesAndOneByteMoreDoesNot() {
    #expect(read("12345\n", maximum: 5).lines == ["12345"])
    #expect(read("1234\r\n", maximum: 5).lines == ["1234"])
    #expect(read("123456\n", maximum: 5).fault == .tooLong)
    #expect(read("12345\r\n", maximum: 5).fault == .tooLong)
    #expect(read("12345", maximum: 5).fault == nil)
    #expect(read("123456", maximum: 5).fault == .tooLong)
  }

  @Test func linesBeforeAFaultAreGivenOutFirst() {
    let found = read("a\nb\nc\u{0}\nd\n")
    #expect(found.lines == ["a", "b"])
    #expect(found.fault == .nul)
  }

  @Test func nulBareCarriageReturnAndIllFormedTextAreFaults() {
    #expect(read("a\u{0}").fault == .nul)
    #expect(read("a\rb").fault == .bareCarriageReturn)
    #expect(read("a\r\u{0}").fault == .bareCarriageReturn)
    #expect(read("a\r").fault == nil)
    #expect(read([utf8("a\r\r\n")], maximum: 9).fault == .bareCarriageReturn)
    for bytes: [UInt8] in [
      [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80], [0xFF],
    ] {
      #expect(read([bytes + [0x0A]], maximum: 9).fault == .illFormed)
    }
  }

  @Test func everyFaultHasItsCode() {
    #expect(LineFault.tooLong.code == "toolong")
    #expect(LineFault.illFormed.code == "encoding")
    #expect(LineFault.nul.code == "syntax")
    #expect(LineFault.bareCarriageReturn.code == "syntax")
  }

  @Test func afterAFaultNothingComesAnyMore() {
    var decoder = LineDecoder(maximumBytes: 4)
    decoder.append(utf8("12345"))
    #expect(throws: LineFault.tooLong) { try decoder.next() }
    decoder.append(utf8("\nok\n"))
    #expect(throws: LineFault.tooLong) { try decoder.next() }
    #expect(decoder.pendingBytes == 0)
  }

  @Test func theMaximumMayGrowBetweenLines() throws {
    var decoder = LineDecoder(maximumBytes: 4)
    decoder.append(utf8("auth\n12345678\n"))
    #expect(try decoder.next() == utf8("auth"))
    decoder.maximumBytes = 8
    #expect(try decoder.next() == utf8("12345678"))
    #expect(try decoder.next() == nil)
  }

  @Test func bytesThatAreNotContiguousAreTakenToo() throws {
    var decoder = LineDecoder(maximumBytes: 9)
    decoder.append(utf8("olleh\n").reversed().reversed() as ReversedCollection<ReversedCollection<[UInt8]>>)
    #expect(try decoder.next() == utf8("olleh"))
  }

  @Test func randomSplitsGiveTheSameLinesAndTheSameFault() {
    var random = SeededGenerator(seed: 2)
    let pool = utf8("abcdefghijklmnopqrstuvwxyzäö\u{20AC}\u{1F600}")
    var faults: Set<LineFault> = []
    for _ in 0..<4000 {
      var stream: [UInt8] = []
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let text = "ab ä \u{20AC}\u{1F600} xyz".unicodeScalars.shuffled(using: &random)
          .prefix(Int.random(in: 0...12, using: &random))
        for scalar in text { UTF8Scan.append(scalar.value, to: &stream) }
        stream += Bool.random(using: &random) ? [0x0A] : [0x0D, 0x0A]
      }
      if Bool.random(using: &random) { stream = stream.mutated(using: &random, pool: pool + [0, 0x0D, 0x0A, 0x0D, 0]) }
      let maximum = Int.random(in: 8...40, using: &random)
      let whole = read([stream], maximum: maximum)
      var pieces: [[UInt8]] = []
      var rest = stream[...]
      while !rest.isEmpty {
        let size = Int.random(in: 1...7, using: &random)
        pieces.append(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      let split = read(pieces, maximum: maximum)
      #expect(split.lines == whole.lines)
      #expect(split.fault == whole.fault)
      if let fault = whole.fault { faults.insert(fault) }
    }
    #expect(faults.count == 4)
  }

  @Test func memoryStaysBoundedOverALongStreamInSmallPieces() throws {
    var decoder = LineDecoder(maximumBytes: 64)
    var lines = 0
    let stream = Array(repeating: utf8("0123456789012345678901234567890123456789\n"), count: 2000).flatMap { $0 }
    for begin in stride(from: 0, to: stream.count, by: 13) {
      decoder.append(stream[begin..<min(begin + 13, stream.count)])
      while try decoder.next() != nil { lines += 1 }
      #expect(decoder.pendingBytes <= 64)
    }
    #expect(lines == 2000)
  }

  @Test func theTagOfALineAtFaultIsStillRead() {
    let cases: [(line: [UInt8], tag: String?, isFeed: Bool)] = [
      (utf8("a1 ping\u{0}\n"), "a1", false), (utf8("a1 ping\rb2 ping\n"), "a1", false),
      (utf8("a1 > \"") + [0xFF] + utf8("\"\n"), "a1", true),
      (utf8("a1 " + String(repeating: "x", count: 300)), "a1", false),
      (utf8("a1\u{0} ping\n"), nil, false), (utf8("-a ping\u{0}\n"), nil, false), (utf8("\u{0}\n"), nil, false),
      (utf8("abcdefghijklmnop ping\u{0}\n"), "abcdefghijklmnop", false),
      (utf8("abcdefghijklmnopq ping\u{0}\n"), nil, false), (utf8("abcdefghijklmnop\u{0}\n"), nil, false),
    ]
    for (line, tag, isFeed) in cases {
      for pieces in [[utf8("z ping\n") + line], (utf8("z ping\n") + line).map { [$0] }] {
        var decoder = LineDecoder(maximumBytes: 200)
        var fault: LineFault?
        for piece in pieces where fault == nil {
          decoder.append(piece)
          do throws(LineFault) { while try decoder.next() != nil {} } catch { fault = error }
        }
        let found = RequestParser.tag(ofBeginning: decoder.faultyBeginning)
        #expect(fault != nil && found?.tag == tag && found?.isFeed ?? false == isFeed, "\(line)")
      }
    }
  }
}
