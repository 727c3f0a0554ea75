import Model
import Register

extension ServerProgram {
  /// The reference of all commands as Markdown; nil for a language that there is not.
  public static func commandPage(language: String) -> String? {
    Language(rawValue: language).map { CommandReference.markdown($0) }
  }
}
