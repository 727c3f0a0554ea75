public import Model

/// Why a request is not approved or an agreement not taken: one code, each with its own words.
public enum ApprovalRefusal {
  /// Nobody agrees to their own.
  public static let own = refusal(
    en: "Nobody approves their own request, under any account.",
    fi: "Kukaan ei hyväksy omaa pyyntöään, ei toisellakaan tilillä.",
    sv: "Ingen godkänner sin egen begäran, inte heller med ett annat konto.")
  /// Nobody agrees to what is about them.
  public static let concerned = refusal(
    en: "This is about your own account or act: somebody else approves it.",
    fi: "Tämä koskee omaa tiliäsi tai tekoasi: joku muu hyväksyy sen.",
    sv: "Detta gäller ditt eget konto eller din handling: någon annan godkänner det.")
  /// The auditor agrees only where no administrator can.
  public static let administrator = refusal(
    en: "Another administrator approves this; an auditor only where there is none.",
    fi: "Tämän hyväksyy toinen pääkäyttäjä; tarkastaja vain, jos toista ei ole.",
    sv: "En annan administratör godkänner detta; en revisor endast om det inte finns någon.")
  /// There is no such request of the employee's own.
  public static let unknown = refusal(
    en: "You have no such request.", fi: "Sinulla ei ole tällaista pyyntöä.", sv: "Du har ingen sådan begäran.")
  /// Something else was asked for.
  public static let changed = refusal(
    en: "Something else was approved: the command must be exactly the same.",
    fi: "Hyväksyntä koskee muuta: komennon on oltava täsmälleen sama.",
    sv: "Något annat godkändes: kommandot måste vara exakt detsamma.")
  /// Nobody has agreed yet.
  public static let waits = refusal(
    en: "Nobody has approved it yet.", fi: "Kukaan ei ole vielä hyväksynyt sitä.", sv: "Ingen har godkänt det ännu.")
  /// It was decided, used or ran out.
  public static let over = refusal(
    en: "It was decided or used already, or its time ran out.",
    fi: "Se on jo ratkaistu tai käytetty, tai sen aika on päättynyt.",
    sv: "Det är redan avgjort eller använt, eller tiden har gått ut.")

  private static func refusal(en: String, fi: String, sv: String) -> RegisterError {
    RegisterError("denied/approval", Text(en: en, fi: fi, sv: sv))
  }
}
