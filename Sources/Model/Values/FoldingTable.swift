/// The base letters of the Latin letters with marks, for `Folding`.
///
/// One entry a scalar, in their order, `.` where a scalar has no Latin base letters; w is written v. From the compatibility
/// decompositions of the Unicode Character Database, and for the letters that have none (đ, ŋ, ŧ, ø, æ, ß, þ …) the letters
/// that people type in their stead.
enum FoldingTable {
  /// The letters of a scalar in U+00C0–U+024F or U+1E00–U+1EFF in the low bytes, first letter lowest; 0 for none.
  static func letters(of scalar: UInt32) -> UInt16 {
    switch scalar {
    case 0xC0..<0x250: latin[Int(scalar - 0xC0)]
    case 0x1E00..<0x1F00: additional[Int(scalar - 0x1E00)]
    default: 0
    }
  }

  private static func table(_ text: String) -> [UInt16] {
    text.utf8.split(separator: 0x20).map { entry in
      guard let first = entry.first, first != 0x2E else { return 0 }
      return UInt16(first) | (entry.count > 1 ? UInt16(entry[entry.index(after: entry.startIndex)]) << 8 : 0)
    }
  }

  /// U+00C0 to U+024F.
  private static let latin = table(
    """
    a a a a a a ae c e e e e i i i i d n o o o o o . o u u u u y th ss a a a a a a ae c e e e e i i i i d n o o o \
    o o . o u u u u y th y a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g g g g g h h h h i i i i \
    i i i i i i ij ij j j k k k l l l l l l . . l l n n n n n n n n n o o o o o o oe oe r r r r r r s s s s s s s \
    s t t t t t t u u u u u u u u u u u u v v y y y z z z z z z s b b b b . . o c c d d d d . e e e f f g g hv i i \
    k k l . m n n o o o . . p p . . . . . t t t t u u u v y y z z z . . . . . . . . . . . . dz dz dz lj lj lj nj \
    nj nj a a i i o o u u u u u u u u u u e a a a a ae ae g g g g k k o o o o z z j dz dz dz g g . . n n a a ae ae \
    o o a a a a e e e e i i i i o o o o r r r r u u u u s s t t . . h h n d ou ou z z a a e e o o o o o o o o y y \
    l n t j db qp a c c l t s z . . b u v e e j j q q r r y y
    """)

  /// U+1E00 to U+1EFF.
  private static let additional = table(
    """
    a a b b b b b b c c d d d d d d d d d d e e e e e e e e e e f f g g h h h h h h h h h h i i i i k k k k k k l \
    l l l l l l l m m m m m m n n n n n n n n o o o o o o o o p p p p r r r r r r r r s s s s s s s s s s t t t t \
    t t t t u u u u u u u u u u v v v v v v v v v v v v v v x x x x y y z z z z z z h t v y . s . . ss . a a a a a \
    a a a a a a a a a a a a a a a a a a a e e e e e e e e e e e e e e e e i i i i o o o o o o o o o o o o o o o o \
    o o o o o o o o u u u u u u u u u u u u u u y y y y y y y y . . . . . .
    """)
}
