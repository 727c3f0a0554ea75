/// A language that the register speaks to people.
public enum Language: String, CaseIterable, Sendable {
  case english = "en"
  case finnish = "fi"
  case swedish = "sv"
}

/// Words for people in every language of the register. None may be left out.
public struct Text: Sendable, Hashable {
  /// English.
  public let en: String
  /// Finnish.
  public let fi: String
  /// Swedish.
  public let sv: String

  /// Words in the three languages.
  public init(en: String, fi: String, sv: String) {
    self.en = en
    self.fi = fi
    self.sv = sv
  }

  /// The words in one language.
  public subscript(language: Language) -> String {
    switch language {
    case .english: en
    case .finnish: fi
    case .swedish: sv
    }
  }
}
