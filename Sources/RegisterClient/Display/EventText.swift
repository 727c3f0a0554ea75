import Model
import Wire

/// Events in words, a line each.
enum EventText {
  /// The line of an event, safe for a terminal.
  static func line(_ event: JSON, language: Language) -> String {
    let kind = event["event"]?.string ?? ""
    let text =
      switch (kind, event["state"]?.string) {
      case ("approval", "waiting"): waiting
      case ("approval", "approved"): approved
      case ("approval", "executed"): executed
      case ("approval", "refused"): refused
      case ("breakglass", _) where event["user"] != nil && event["until"] != nil: breakGlass
      case ("gap", _): gap
      default: nil as Text?
      }
    guard let text else { return other(event, kind, language) }
    var line = text[language]
    for name in ["id", "verb", "lost"] { line = line.replacing("{\(name)}", with: value(event[name])) }
    line = line.replacing("{user}", with: value(event["user-name"] ?? event["user"]))
    line = line.replacing("{until}", with: ValueText.moment(event["until"]?.string ?? ""))
    return line
  }

  private static func value(_ value: JSON?) -> String { value.map { ValueText(language: .english).inline($0) } ?? "?" }

  private static func other(_ event: JSON, _ kind: String, _ language: Language) -> String {
    let rest = (event.object ?? [:]).filter { $0.key != "event" && $0.key != "seq" && !$0.value.isNull }
    let text = ValueText(language: language)
    let pairs = rest.map { "\(ValueText.oneLine($0.key)): \(text.inline($0.value))" }.joined(separator: ", ")
    return pairs.isEmpty ? ValueText.oneLine(kind) : "\(ValueText.oneLine(kind)): \(pairs)"
  }

  private static let waiting = Text(
    en: "An approval waits for you: {verb}. See: approval.show id={id}",
    fi: "Hyväksyntääsi odottaa: {verb}. Katso: approval.show id={id}",
    sv: "Ett godkännande väntar på dig: {verb}. Se: approval.show id={id}")
  private static let approved = Text(
    en: "Approved: {verb}. Send the same command again with approval={id}",
    fi: "Hyväksytty: {verb}. Lähetä sama komento uudelleen lisäten approval={id}",
    sv: "Godkänt: {verb}. Skicka samma kommando igen med approval={id}")
  private static let executed = Text(
    en: "Approved and carried out: {verb} ({id})", fi: "Hyväksytty ja pantu toimeen: {verb} ({id})",
    sv: "Godkänt och utfört: {verb} ({id})")
  private static let refused = Text(
    en: "Not approved: {verb} ({id})", fi: "Ei hyväksytty: {verb} ({id})", sv: "Inte godkänt: {verb} ({id})")
  private static let breakGlass = Text(
    en: "Break-glass: {user} has a wider read until {until}. See: breakglass.list",
    fi: "Hätäkäyttö: käyttäjällä {user} on laajempi lukuoikeus {until} asti. Katso: breakglass.list",
    sv: "Nödåtkomst: {user} har utökad läsrätt till {until}. Se: breakglass.list")
  private static let gap = Text(
    en: "{lost} events were lost.", fi: "{lost} tapahtumaa jäi saamatta.", sv: "{lost} händelser gick förlorade.")
}
