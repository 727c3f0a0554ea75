import Model
import Wire

/// The rows that a command takes after `? {"need":"rows"}`.
public struct BulkInput: Sendable {
  /// How a file becomes feeds.
  public enum Form: Sendable {
    /// The file's text in pieces: CSV, vCard.
    case text
    /// A JSON object a line.
    case objects
  }

  private let pieces: TextPieces
  private let form: Form

  /// Input from a file's bytes.
  public init(_ bytes: [UInt8], form: Form) {
    pieces = TextPieces(bytes)
    self.form = form
  }

  /// The form that the parameter `format=` names; text for all but `ndjson`.
  public static func form(_ format: String?) -> Form { format == "ndjson" ? .objects : .text }

  /// The size of the text in bytes.
  public var byteCount: Int { pieces.byteCount }

  /// The feeds in order, without the `null` at the end; none of them is longer than `lineBytesMax` on the wire.
  ///
  /// The first failure ends the sequence: a line that is no JSON object, or too long for one feed.
  func feeds(lineBytesMax: Int) -> AnyIterator<Result<JSON, ClientError>> {
    switch form {
    case .text: textFeeds(lineBytesMax)
    case .objects: objectFeeds(lineBytesMax)
    }
  }

  /// Room on the line for the tag, the sign and the line's end.
  private static let overheadBytes = 24

  private func textFeeds(_ lineBytesMax: Int) -> AnyIterator<Result<JSON, ClientError>> {
    let source = pieces.makeIterator()
    var halves: [String] = []
    return AnyIterator {
      guard var piece = halves.popLast() ?? source.next() else { return nil }
      // Escapes can make the text up to six times as long on the line.
      while JSON.string(piece).encoded().count > lineBytesMax - Self.overheadBytes, piece.unicodeScalars.count > 1 {
        let scalars = piece.unicodeScalars
        let middle = scalars.index(scalars.startIndex, offsetBy: scalars.count / 2)
        halves.append(String(scalars[middle...]))
        piece = String(scalars[..<middle])
      }
      return .success(.string(piece))
    }
  }

  private func objectFeeds(_ lineBytesMax: Int) -> AnyIterator<Result<JSON, ClientError>> {
    var lines = pieces.lines.enumerated().makeIterator()
    return AnyIterator {
      guard let (index, line) = lines.next() else { return nil }
      guard let value = try? JSON.parse(line), value.object != nil,
        value.encoded().count <= lineBytesMax - Self.overheadBytes
      else { return .failure(.usage(Self.badRow(index + 1))) }
      return .success(value)
    }
  }

  private static func badRow(_ number: Int) -> Text {
    Text(
      en: "Row \(number) of the file is not a JSON object, or is too long. Nothing was imported.",
      fi: "Tiedoston rivi \(number) ei ole JSON-objekti tai on liian pitkä. Mitään ei tuotu.",
      sv: "Rad \(number) i filen är inget JSON-objekt eller är för lång. Inget importerades.")
  }
}
