public import Model

/// The program's arguments.
public struct ProgramOptions: Sendable {
  /// What the options say about server, user and language.
  public var source = ClientSettings.Source()
  /// How rows are written; nil where more than one form was asked for.
  public var form: OutputForm? = .table
  /// The file that takes the output.
  public var outFile: String?
  /// A file whose first line is the password.
  public var passwordFile: String?
  /// A file with the one-time password's secret in base32.
  public var otpSecretFile: String?
  /// Whether help was asked for.
  public var isHelp = false
  /// The verb and its parameters; none for the prompt.
  public var words: [String] = []

  /// Options that say nothing.
  public init() {}
}

/// The help of the program itself.
public enum ProgramHelp {
  /// Usage, options, environment and exit codes.
  public static let text = Text(
    en: """
      rekisteri: the register from the command line.

        rekisteri [OPTIONS] VERB NAME=VALUE …   one command
        rekisteri [OPTIONS]                     a prompt for many
        rekisteri login | logout                keep a session for the next commands, or drop it
        rekisteri help [VERB]                   your commands, or one command's parameters

      --server HOST:PORT       the server (TLS 1.3; port 7625 unless given)
      --socket PATH            a Unix socket instead
      --ca FILE                certificate authorities to trust, in PEM
      --user NAME              who asks
      --lang fi|sv|en          language
      --json                   rows as the server sends them, one JSON object a line
      --csv                    rows as CSV
      --out FILE               write the rows to a file that only you can read
      --password-file FILE     the password, for scripts
      --otp-secret-file FILE   the one-time password's secret in base32, for scripts
      --certificate FILE       log in by a client certificate, in PEM
      --certificate-key FILE   its private key, in PEM, readable by you only

      file=PATH gives an import or policy.set its file; policy.set < FILE does too. The settings server, socket, ca,
      user, lang, certificate and certificate-key can stand in
      $XDG_CONFIG_HOME/rekisteri/config (key = value), or in REKISTERI_SERVER, _SOCKET, _CA, _USER, _LANG,
      _CERTIFICATE, _CERTIFICATE_KEY;
      REKISTERI_PASSWORD and REKISTERI_OTP are for scripts.

      Exit codes: 0 done or waiting for a second person, 1 refused, 2 wrong usage,
        3 no connection, 4 log-in failed, 130 cancelled.
      """,
    fi: """
      rekisteri: rekisteri komentoriviltä.

        rekisteri [VALITSIMET] VERBI NIMI=ARVO …   yksi komento
        rekisteri [VALITSIMET]                     kehote monelle komennolle
        rekisteri login | logout                   säilytä istunto seuraavia komentoja varten tai poista se
        rekisteri help [VERBI]                     omat komentosi tai yhden komennon parametrit

      --server KONE:PORTTI     palvelin (TLS 1.3; portti on 7625, ellei toisin sanota)
      --socket POLKU           sen sijaan Unix-pistoke
      --ca TIEDOSTO            luotettavat varmenteiden myöntäjät, PEM
      --user NIMI              käyttäjä
      --lang fi|sv|en          kieli
      --json                   rivit sellaisina kuin palvelin ne lähettää, JSON-objekti rivillä
      --csv                    rivit CSV-muodossa
      --out TIEDOSTO           rivit tiedostoon, jonka vain sinä voit lukea
      --password-file TIEDOSTO salasana, komentosarjoille
      --otp-secret-file TIEDOSTO  kertakäyttökoodin salaisuus, base32, komentosarjoille
      --certificate TIEDOSTO   kirjaudu asiakasvarmenteella (PEM)
      --certificate-key TIEDOSTO  sen yksityinen avain (PEM), vain sinun luettavissasi

      file=POLKU antaa tuonnille tai policy.set-komennolle tiedoston; myös policy.set < TIEDOSTO.
      Asetukset server, socket, ca, user, lang, certificate ja certificate-key voivat olla tiedostossa
      $XDG_CONFIG_HOME/rekisteri/config (avain = arvo) tai muuttujissa REKISTERI_SERVER, _SOCKET, _CA, _USER, _LANG,
      _CERTIFICATE, _CERTIFICATE_KEY;
      REKISTERI_PASSWORD ja REKISTERI_OTP ovat komentosarjoille.

      Paluuarvot: 0 tehty tai odottaa toista henkilöä, 1 evätty, 2 väärä käyttö,
        3 ei yhteyttä, 4 kirjautuminen epäonnistui, 130 peruttu.
      """,
    sv: """
      rekisteri: registret från kommandoraden.

        rekisteri [FLAGGOR] VERB NAMN=VÄRDE …   ett kommando
        rekisteri [FLAGGOR]                     en prompt för många
        rekisteri login | logout                behåll en session för nästa kommandon, eller ta bort den
        rekisteri help [VERB]                   dina kommandon, eller ett kommandos parametrar

      --server VÄRD:PORT       servern (TLS 1.3; port 7625 om inget annat sägs)
      --socket SÖKVÄG          en Unix-socket i stället
      --ca FIL                 betrodda certifikatutfärdare, PEM
      --user NAMN              användaren
      --lang fi|sv|en          språk
      --json                   rader som servern sänder dem, ett JSON-objekt per rad
      --csv                    rader som CSV
      --out FIL                rader till en fil som bara du kan läsa
      --password-file FIL      lösenordet, för skript
      --otp-secret-file FIL    engångskodens hemlighet i base32, för skript
      --certificate FIL        logga in med ett klientcertifikat, PEM
      --certificate-key FIL    dess privata nyckel, PEM, läsbar bara för dig

      file=SÖKVÄG ger en import eller policy.set dess fil; policy.set < FIL likaså.
      Inställningarna server, socket, ca, user, lang, certificate och certificate-key kan stå i
      $XDG_CONFIG_HOME/rekisteri/config (nyckel = värde) eller i REKISTERI_SERVER, _SOCKET, _CA, _USER, _LANG,
      _CERTIFICATE, _CERTIFICATE_KEY;
      REKISTERI_PASSWORD och REKISTERI_OTP är för skript.

      Utgångskoder: 0 gjort eller väntar på en andra person, 1 nekat, 2 fel användning,
        3 ingen förbindelse, 4 inloggningen misslyckades, 130 avbrutet.
      """)
}
