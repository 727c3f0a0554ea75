public import Model

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
        rekisteri verify DIR|FILE --key VKEY    verify a log, proof, checkpoint or export, without a server
        rekisteri log report --since DAY --out FILE.html   a page about the accesses

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
      --log-key VKEY|@FILE     the access log's key; the one seen first is trusted without it
      --witness-key VKEY|@FILE a witness's key, whose cosignatures are shown; may be repeated
      --accept-log             take a log of a new origin in place of the one seen before

      verify: --key VKEY|@FILE the keys to trust; may be repeated
        --entry FILE           the entry that a proof is of
        --allow-missing-entries  let entries past their retention be missing
      log report: --since DAY, --until DAY (YYYY-MM-DD) or times in RFC 3339; --out FILE.html
      log.export --out PLACE writes PLACE and PLACE.evidence.json; format=tiles makes PLACE a folder.

      An auditor's log-in checks that the access log still holds all that it had shown before; what was seen last is
      kept in $XDG_STATE_HOME/rekisteri/log.

      file=PATH gives an import or policy.set its file; policy.set < FILE does too. The settings server, socket, ca,
      user, lang, certificate, certificate-key, log-key and witness-key can stand in
      $XDG_CONFIG_HOME/rekisteri/config (key = value), or in REKISTERI_SERVER, _SOCKET, _CA, _USER, _LANG,
      _CERTIFICATE, _CERTIFICATE_KEY, _LOG_KEY, _WITNESS_KEY;
      REKISTERI_PASSWORD and REKISTERI_OTP are for scripts.

      Exit codes: 0 done or waiting for a second person, 1 refused, 2 wrong usage,
        3 no connection, 4 log-in failed, 5 the access log is not what it was, 130 cancelled;
        verify: 0 good, 1 bad, 2 cannot be read.
      """,
    fi: """
      rekisteri: rekisteri komentoriviltä.

        rekisteri [VALITSIMET] VERBI NIMI=ARVO …   yksi komento
        rekisteri [VALITSIMET]                     kehote monelle komennolle
        rekisteri login | logout                   säilytä istunto seuraavia komentoja varten tai poista se
        rekisteri help [VERBI]                     omat komentosi tai yhden komennon parametrit
        rekisteri verify KANSIO|TIEDOSTO --key AVAIN   tarkista loki, todistus tai vienti ilman palvelinta
        rekisteri log report --since PÄIVÄ --out TIEDOSTO.html   sivu käytöstä

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
      --log-key AVAIN|@TIEDOSTO   käyttölokin avain; muuten luotetaan ensimmäisenä nähtyyn
      --witness-key AVAIN|@TIEDOSTO  todistajan avain, jonka vahvistukset näytetään; voi toistaa
      --accept-log             ota uusi loki käyttöön ennen nähdyn tilalle

      verify: --key AVAIN|@TIEDOSTO  luotetut avaimet; voi toistaa
        --entry TIEDOSTO       merkintä, josta todistus on
        --allow-missing-entries  säilytysajan ylittäneet merkinnät saavat puuttua
      log report: --since PÄIVÄ, --until PÄIVÄ (VVVV-KK-PP) tai ajat (RFC 3339); --out TIEDOSTO.html
      log.export --out PAIKKA kirjoittaa tiedostot PAIKKA ja PAIKKA.evidence.json; format=tiles tekee kansion.

      Tarkastajan kirjautuessa varmistetaan, että käyttölokissa on yhä kaikki, mitä se näytti ennen; viimeksi nähty on
      kansiossa $XDG_STATE_HOME/rekisteri/log.

      file=POLKU antaa tuonnille tai policy.set-komennolle tiedoston; myös policy.set < TIEDOSTO.
      Asetukset server, socket, ca, user, lang, certificate, certificate-key, log-key ja witness-key voivat olla
      tiedostossa
      $XDG_CONFIG_HOME/rekisteri/config (avain = arvo) tai muuttujissa REKISTERI_SERVER, _SOCKET, _CA, _USER, _LANG,
      _CERTIFICATE, _CERTIFICATE_KEY, _LOG_KEY, _WITNESS_KEY;
      REKISTERI_PASSWORD ja REKISTERI_OTP ovat komentosarjoille.

      Paluuarvot: 0 tehty tai odottaa toista henkilöä, 1 evätty, 2 väärä käyttö,
        3 ei yhteyttä, 4 kirjautuminen epäonnistui, 5 käyttöloki ei ole entisensä, 130 peruttu;
        verify: 0 kunnossa, 1 ei kunnossa, 2 ei luettavissa.
      """,
    sv: """
      rekisteri: registret från kommandoraden.

        rekisteri [FLAGGOR] VERB NAMN=VÄRDE …   ett kommando
        rekisteri [FLAGGOR]                     en prompt för många
        rekisteri login | logout                behåll en session för nästa kommandon, eller ta bort den
        rekisteri help [VERB]                   dina kommandon, eller ett kommandos parametrar
        rekisteri verify MAPP|FIL --key NYCKEL  verifiera en logg, ett bevis eller en export utan server
        rekisteri log report --since DAG --out FIL.html   en sida om åtkomsterna

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
      --log-key NYCKEL|@FIL    åtkomstloggens nyckel; annars litar programmet på den som syns först
      --witness-key NYCKEL|@FIL  ett vittnes nyckel, vars medsignaturer visas; kan upprepas
      --accept-log             ta en ny logg i bruk i stället för den som syntes förut

      verify: --key NYCKEL|@FIL  betrodda nycklar; kan upprepas
        --entry FIL            posten som ett bevis gäller
        --allow-missing-entries  låt poster efter sin lagringstid saknas
      log report: --since DAG, --until DAG (ÅÅÅÅ-MM-DD) eller tider enligt RFC 3339; --out FIL.html
      log.export --out PLATS skriver PLATS och PLATS.evidence.json; format=tiles gör en mapp.

      När en revisor loggar in kontrolleras att åtkomstloggen fortfarande innehåller allt som den visade förut; det
      senast sedda finns i $XDG_STATE_HOME/rekisteri/log.

      file=SÖKVÄG ger en import eller policy.set dess fil; policy.set < FIL likaså.
      Inställningarna server, socket, ca, user, lang, certificate, certificate-key, log-key och witness-key kan stå i
      $XDG_CONFIG_HOME/rekisteri/config (nyckel = värde) eller i REKISTERI_SERVER, _SOCKET, _CA, _USER, _LANG,
      _CERTIFICATE, _CERTIFICATE_KEY, _LOG_KEY, _WITNESS_KEY;
      REKISTERI_PASSWORD och REKISTERI_OTP är för skript.

      Utgångskoder: 0 gjort eller väntar på en andra person, 1 nekat, 2 fel användning,
        3 ingen förbindelse, 4 inloggningen misslyckades, 5 åtkomstloggen är inte vad den var, 130 avbrutet;
        verify: 0 OK, 1 inte OK, 2 kan inte läsas.
      """)
}
