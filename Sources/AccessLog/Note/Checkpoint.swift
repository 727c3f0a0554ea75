/// What a log signs: its name, how many entries it has and the root of their tree (C2SP tlog-checkpoint).
public struct Checkpoint: Hashable, Sendable {
  /// The log's name, on the first line.
  public let origin: String
  /// How many entries the tree has.
  public let size: Int64
  /// The root of the tree.
  public let root: TreeHash
  /// Further lines, whose meaning is the log's own.
  public let extensions: [String]

  /// A checkpoint without further lines.
  public init(origin: String, size: Int64, root: TreeHash) {
    self.origin = origin
    self.size = size
    self.root = root
    extensions = []
  }

  /// Reads the text of a note; throws for anything that `text` would not have written, and for an empty tree whose
  /// root is not that of an empty tree.
  public init(_ noteText: String) throws(NoteFault) {
    guard NoteText.isPlain(noteText), let lines = NoteText.lines(noteText.utf8), lines.count >= 3 else {
      throw NoteFault(reason: "the checkpoint has not three lines of text")
    }
    guard lines.allSatisfy({ !$0.isEmpty }) else { throw NoteFault(reason: "the checkpoint has an empty line") }
    guard let size = Decimal.read(lines[1].utf8) else {
      throw NoteFault(reason: "the checkpoint's size is not a plain number")
    }
    guard let root = TreeHash(base64: lines[2]) else {
      throw NoteFault(reason: "the checkpoint's root is not 32 bytes in base64")
    }
    guard size > 0 || root == .ofEmptyTree else {
      throw NoteFault(reason: "the checkpoint has a root for no entries")
    }
    origin = lines[0]
    self.size = size
    self.root = root
    extensions = Array(lines.dropFirst(3))
  }

  /// The text to be signed, with its last line feed.
  public var text: String {
    "\(origin)\n\(size)\n\(root.base64)\n" + extensions.map { "\($0)\n" }.joined()
  }
}
