import Crypto

/// The 256-bit key of one person's one category. It cannot be printed, compared or encoded.
public struct SubjectKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  let symmetric: SymmetricKey

  init(_ symmetric: SymmetricKey) { self.symmetric = symmetric }

  /// A word, never the key.
  public var description: String { "SubjectKey" }
  /// A word, never the key.
  public var debugDescription: String { "SubjectKey" }
  /// Nothing to look into.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
