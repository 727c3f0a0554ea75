/// What exports and streams say they come from.
public enum Product {
  /// Who makes it.
  public static let vendor = "Rekisteri"
  /// The program.
  public static let name = "rekisterid"
  /// Its version (Semantic Versioning 2.0.0).
  public static let version = "0.1.0"
}
