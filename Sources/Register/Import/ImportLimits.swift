public import Model

extension Limits {
  /// Columns of a file to import.
  public static let importColumnsMax = 64
  /// Bytes of one cell of a file to import: the longest note in UTF-8.
  public static let importCellBytesMax = 4 * longTextScalarsMax
  /// Bytes of the header line of a file to import.
  public static let importHeaderBytesMax = 16_384
}
