public import Model
public import Wire

/// What is said of a parameter that a command does not have.
public enum UnknownParameter {
  /// The name is repeated where some command has it. Else it may be anything, such as the second word of a person's name
  /// without quotation marks, and is told by its place.
  ///
  /// - Parameter place: Its place among the command's parameters, from 0.
  public static func text(_ parameters: [Parameter], _ place: Int) -> Text {
    let name = parameters[place].name
    guard names.contains(name) else {
      return Text(
        en: "Word \(place + 1) after the command is no parameter of it. A value with spaces needs quotation marks.",
        fi: "Komennon jälkeen \(place + 1). sana ei ole sen parametri. Arvo, jossa on välejä, tarvitsee lainausmerkit.",
        sv:
          "Ord \(place + 1) efter kommandot är ingen av dess parametrar. Ett värde med mellanslag behöver citattecken.")
    }
    return Text(
      en: "This command has no parameter \(name).", fi: "Tällä komennolla ei ole parametria \(name).",
      sv: "Detta kommando har ingen parameter \(name).")
  }

  private static let names: Set<String> = {
    let own = Catalogue.commands.flatMap { $0.spec.parameters.map(\.name) }
    return Set(own + ["purpose", "case", "reason", "once", "approval", "proto", "lang", "caps", "mech", "ir", "of"])
  }()
}
