/// Why something was not done: a stable code (PROTOCOL.md section 3), words for people, never personal data.
public struct RegisterError: Error, Sendable, Equatable {
  /// The code of the final line, such as `denied/role` or `invalid/email`.
  public let code: String
  /// What went wrong, for people.
  public let message: Text
  /// What would help, for people.
  public var hint: Text?
  /// Milliseconds after which trying again can help.
  public var retryMilliseconds: Int?
  /// Whether a write may have taken effect all the same; then the same command with the same `once` tells.
  public var isUnknown = false

  /// An error with its code and words.
  public init(
    _ code: String, _ message: Text, hint: Text? = nil, retryMilliseconds: Int? = nil, isUnknown: Bool = false
  ) {
    self.code = code
    self.message = message
    self.hint = hint
    self.retryMilliseconds = retryMilliseconds
    self.isUnknown = isUnknown
  }

  /// The same error where a write may have taken effect all the same.
  public var withUnknownOutcome: RegisterError {
    var result = self
    result.isUnknown = true
    return result
  }

  /// Whether the code is `stage` or one of its group.
  public func isOf(_ stage: String) -> Bool { code == stage || code.hasPrefix(stage + "/") }
}

extension RegisterError {
  /// A parameter's value is not of its kind, out of range or missing. `reason` never repeats the value.
  public static func invalid(_ parameter: String, _ reason: Text) -> RegisterError {
    RegisterError("invalid/\(parameter)", reason)
  }

  /// The role does not allow this command at all.
  public static let deniedRole = RegisterError(
    "denied/role",
    Text(
      en: "Your job role does not allow this.", fi: "Työnkuvasi ei salli tätä.",
      sv: "Din arbetsroll tillåter inte detta."))

  /// The role does not hold the purpose, or none was given.
  public static let deniedPurpose = RegisterError(
    "denied/purpose",
    Text(
      en: "This needs a purpose that your job role holds.",
      fi: "Tähän tarvitaan käyttötarkoitus, joka kuuluu työnkuvaasi.",
      sv: "Detta kräver ett ändamål som hör till din arbetsroll."),
    hint: Text(
      en: "Add purpose=…, or set one with: use purpose=…", fi: "Lisää purpose=… tai aseta se: use purpose=…",
      sv: "Lägg till purpose=… eller ange det med: use purpose=…"))

  /// The command needs a second person's approval.
  public static let deniedApproval = RegisterError(
    "denied/approval",
    Text(
      en: "This needs another person's approval.", fi: "Tähän tarvitaan toisen henkilön hyväksyntä.",
      sv: "Detta kräver en annan persons godkännande."))

  /// There is no such thing, or none that this employee may know of; the two are not told apart.
  public static let notFound = RegisterError(
    "notfound", Text(en: "There is no such record.", fi: "Tietoa ei ole.", sv: "Uppgiften finns inte."))

  /// It is there already.
  public static let exists = RegisterError(
    "exists", Text(en: "It exists already.", fi: "Se on jo olemassa.", sv: "Den finns redan."))

  /// The revision named is no longer current.
  public static let conflictRev = RegisterError(
    "conflict/rev",
    Text(
      en: "Somebody changed it since you read it.", fi: "Joku on muuttanut tietoa sen jälkeen, kun luit sen.",
      sv: "Någon har ändrat uppgiften sedan du läste den."),
    hint: Text(en: "Show it again and repeat.", fi: "Hae tieto uudelleen ja toista.", sv: "Visa den igen och upprepa."))

  /// The state does not allow it.
  public static func conflictState(_ reason: Text) -> RegisterError { RegisterError("conflict/state", reason) }

  /// The command was cancelled by its client.
  public static let cancelled = RegisterError(
    "cancelled", Text(en: "Cancelled.", fi: "Peruutettu.", sv: "Avbruten."))

  /// It took longer than its time limit.
  public static let timeout = RegisterError(
    "timeout", Text(en: "It took too long.", fi: "Aikaraja ylittyi.", sv: "Tidsgränsen överskreds."),
    retryMilliseconds: 1000)

  /// The database cannot be reached.
  public static let unavailableDatabase = RegisterError(
    "unavailable/db",
    Text(
      en: "The database is not available.", fi: "Tietokanta ei ole käytettävissä.",
      sv: "Databasen är inte tillgänglig."), retryMilliseconds: 2000)

  /// The access log cannot be written or does not verify, so nothing is shown or changed.
  public static let unavailableLog = RegisterError(
    "unavailable/log",
    Text(
      en: "The access log cannot be written or does not verify, so nothing is shown.",
      fi: "Käyttölokiin ei voida kirjoittaa tai sitä ei voida varmentaa, joten mitään ei näytetä.",
      sv: "Åtkomstloggen kan inte skrivas eller verifieras, därför visas ingenting."), retryMilliseconds: 2000)

  /// The key store cannot be read or written.
  public static let unavailableKeys = RegisterError(
    "unavailable/keys",
    Text(
      en: "The key store is not available.", fi: "Avainvarasto ei ole käytettävissä.",
      sv: "Nyckelförrådet är inte tillgängligt."), retryMilliseconds: 2000)

  /// A fault of the server; the request id finds it in the server's own log.
  public static let `internal` = RegisterError(
    "internal",
    Text(
      en: "Something went wrong in the server.", fi: "Palvelimessa tapahtui virhe.",
      sv: "Något gick fel på servern."))
}
