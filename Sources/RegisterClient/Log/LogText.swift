import Model

/// What the client says about the access log and its checkpoints. `%` stands for a value.
enum LogText {
  // MARK: - Quiet

  static let consistent = Text(
    en: "log: % entries, consistent with the checkpoint of % (% entries)",
    fi: "loki: % merkintää, yhtäpitävä tarkistuspisteen kanssa: % (% merkintää)",
    sv: "logg: % poster, stämmer överens med kontrollpunkten från % (% poster)")
  static let first = Text(
    en: "The access log % is seen for the first time: % entries. From now on it is remembered, and must only grow.",
    fi: "Käyttöloki % nähdään ensimmäistä kertaa: % merkintää. Se muistetaan tästä lähtien, ja se saa vain kasvaa.",
    sv: "Åtkomstloggen % syns för första gången: % poster. Från och med nu minns programmet den, och den får bara växa."
  )
  static let firstKey = Text(
    en: "Its key is trusted from now on. Compare it with the one that the operator gave you (log.vkey):",
    fi: "Sen avaimeen luotetaan tästä lähtien. Vertaa sitä ylläpitäjän antamaan (log.vkey):",
    sv: "Dess nyckel är betrodd från och med nu. Jämför den med den som driften har gett dig (log.vkey):")
  static let givenKey = Text(
    en: "It is signed by the key that you gave.", fi: "Sen on allekirjoittanut antamasi avain.",
    sv: "Den är signerad med nyckeln som du angav.")
  static let fingerprint = Text(en: "fingerprint", fi: "sormenjälki", sv: "fingeravtryck")
  static let notKept = Text(
    en: "It could not be remembered, so the next log-in cannot compare with it:",
    fi: "Sitä ei voitu muistaa, joten seuraava kirjautuminen ei voi verrata siihen:",
    sv: "Den kunde inte sparas, så nästa inloggning kan inte jämföra med den:")
  static let noFolder = Text(
    en: "there is no home folder", fi: "kotihakemistoa ei ole", sv: "det finns ingen hemkatalog")
  static let cosigned = Text(
    en: "cosigned by witnesses:", fi: "todistajien vahvistama:", sv: "medsignerad av vittnen:")
  static let notCosigned = Text(
    en: "log: no witness of those that you named (%) has cosigned it yet",
    fi: "loki: yksikään nimeämistäsi todistajista (%) ei ole vielä vahvistanut sitä",
    sv: "logg: inget av vittnena som du namngav (%) har ännu medsignerat den")
  static let cosignedSize = Text(en: "log of % entries", fi: "% merkinnän loki", sv: "loggen med % poster")
  static let noLonger = Text(
    en: "The access log was not checked: you may no longer ask for its checkpoint. If nobody took that right from you, "
      + "tell the privacy officer.",
    fi: "Käyttölokia ei tarkistettu: et saa enää kysyä sen tarkistuspistettä. Jos oikeutta ei ole poistettu sinulta, "
      + "ilmoita tietosuojavastaavalle.",
    sv: "Åtkomstloggen kontrollerades inte: du får inte längre fråga efter dess kontrollpunkt. Om ingen har tagit bort "
      + "den rätten, meddela dataskyddsombudet.")

  // MARK: - A new origin

  static let otherOrigin = Text(
    en:
      "The server shows another log than before: %, and no longer %. Such a log begins when the database was put back "
      + "to an older state; entries in between are lost.",
    fi: "Palvelin näyttää toisen lokin kuin ennen: %, ei enää %. Sellainen alkaa, kun tietokanta on palautettu "
      + "vanhempaan tilaan; välissä olleet merkinnät ovat kadonneet.",
    sv:
      "Servern visar en annan logg än förut: %, inte längre %. En sådan börjar när databasen har återställts till ett "
      + "äldre tillstånd; posterna däremellan är förlorade.")
  static let acknowledged = Text(
    en: "The new log says itself, proved by its checkpoint, that it goes on from the old one of % entries.",
    fi: "Uusi loki kertoo itse, tarkistuspisteensä todistamana, jatkavansa vanhaa, jossa oli % merkintää.",
    sv: "Den nya loggen säger själv, bevisat av dess kontrollpunkt, att den fortsätter den gamla med % poster.")
  static let short = Text(
    en: "The new log says that it goes on from the old one of % entries, but you have seen another or a longer one.",
    fi: "Uusi loki kertoo jatkavansa vanhaa, jossa oli % merkintää, mutta olet nähnyt toisen tai pidemmän.",
    sv: "Den nya loggen säger att den fortsätter den gamla med % poster, men du har sett en annan eller längre.")
  static let unsaid = Text(
    en: "The new log does not say that it goes on from the old one.",
    fi: "Uusi loki ei kerro jatkavansa vanhaa.", sv: "Den nya loggen säger inte att den fortsätter den gamla.")
  static let newKey = Text(en: "Its key:", fi: "Sen avain:", sv: "Dess nyckel:")
  static let ask = Text(
    en: "Ask the operator why. Remember the new log from now on? Type yes: ",
    fi: "Kysy ylläpitäjältä syytä. Muistetaanko uusi loki tästä lähtien? Kirjoita kyllä: ",
    sv: "Fråga driften varför. Ska den nya loggen minnas från och med nu? Skriv ja: ")
  static let yes = Text(en: "yes", fi: "kyllä", sv: "ja")
  static let accepted = Text(
    en: "The new log is remembered from now on; the old checkpoint stays in",
    fi: "Uusi loki muistetaan tästä lähtien; vanha tarkistuspiste säilyy tiedostossa",
    sv: "Den nya loggen minns från och med nu; den gamla kontrollpunkten finns kvar i")

  // MARK: - Alarms

  static let alarm = Text(
    en: "WARNING: the access log is not what it was", fi: "VAROITUS: käyttöloki ei ole entisensä",
    sv: "VARNING: åtkomstloggen är inte vad den var")
  static let unchecked = Text(
    en: "WARNING: the access log could not be checked", fi: "VAROITUS: käyttölokia ei voitu tarkistaa",
    sv: "VARNING: åtkomstloggen kunde inte kontrolleras")
  static let forked = Text(
    en:
      "The log that the server shows (% entries) does not hold all of what it had shown you on % (% entries): entries "
      + "were changed or removed, or you are shown another log than others.",
    fi:
      "Palvelimen näyttämä loki (% merkintää) ei sisällä kaikkea, mitä se näytti sinulle % (% merkintää): merkintöjä "
      + "on muutettu tai poistettu, tai sinulle näytetään eri lokia kuin muille.",
    sv: "Loggen som servern visar (% poster) innehåller inte allt som den visade dig % (% poster): poster har ändrats "
      + "eller tagits bort, eller så visas du en annan logg än andra.")
  static let rolledBack = Text(
    en:
      "The log has % entries now; on % it had % already. The database was put back to an older state, or entries were "
      + "removed from its end.",
    fi:
      "Lokissa on nyt % merkintää; % niitä oli jo %. Tietokanta on palautettu vanhempaan tilaan tai lopusta on "
      + "poistettu merkintöjä.",
    sv: "Loggen har nu % poster; % hade den redan %. Databasen har återställts till ett äldre tillstånd, eller så har "
      + "poster tagits bort från slutet.")
  static let otherKey = Text(
    en:
      "The log is signed by another key than the one that you trust. Anybody who can write to the database could have "
      + "made another log and signed it so.",
    fi:
      "Lokin on allekirjoittanut toinen avain kuin se, johon luotat. Kuka tahansa, joka voi kirjoittaa tietokantaan, "
      + "on voinut tehdä toisen lokin ja allekirjoittaa sen näin.",
    sv:
      "Loggen är signerad med en annan nyckel än den som du litar på. Vem som helst som kan skriva i databasen kan ha "
      + "gjort en annan logg och signerat den så.")
  static let trustedKey = Text(en: "Trusted:", fi: "Luotettu:", sv: "Betrodd:")
  static let shownKey = Text(en: "Shown:", fi: "Näytetty:", sv: "Visad:")
  static let badSignature = Text(
    en: "The checkpoint's signature is not good: %.", fi: "Tarkistuspisteen allekirjoitus ei kelpaa: %.",
    sv: "Kontrollpunktens signatur är inte giltig: %.")
  static let malformed = Text(
    en: "What the server sent is no checkpoint: %.", fi: "Palvelimen lähettämä ei ole tarkistuspiste: %.",
    sv: "Det som servern sände är ingen kontrollpunkt: %.")
  static let unproved = Text(
    en: "The server did not prove that the log still holds what you have seen (%). Try again soon; where it stays so, "
      + "tell the privacy officer.",
    fi:
      "Palvelin ei todistanut, että lokissa on yhä se, minkä olet nähnyt (%). Yritä pian uudelleen; jos tämä toistuu, "
      + "ilmoita tietosuojavastaavalle.",
    sv:
      "Servern bevisade inte att loggen fortfarande innehåller det som du har sett (%). Försök igen om en stund; om "
      + "det fortsätter, meddela dataskyddsombudet.")
  static let advice = Text(
    en:
      "Keep both files, tell the privacy officer and the operator, and compare with the outside copies and witnesses. "
      + "Do not rely on the log until it is explained. What you had seen stays remembered.",
    fi:
      "Säilytä molemmat tiedostot, ilmoita tietosuojavastaavalle ja ylläpitäjälle ja vertaa ulkopuolisiin kopioihin ja "
      + "todistajiin. Älä luota lokiin, ennen kuin syy on selvitetty. Aiemmin nähty pysyy muistissa.",
    sv:
      "Behåll båda filerna, meddela dataskyddsombudet och driften, och jämför med kopiorna utanför och vittnena. Lita "
      + "inte på loggen förrän det är förklarat. Det som du hade sett finns kvar i minnet.")
  static let keyAdvice = Text(
    en: "If the operator tells you, by another way than this server, that the key is new, give it: --log-key VKEY.",
    fi: "Jos ylläpitäjä kertoo muuta kautta kuin tältä palvelimelta, että avain on uusi, anna se: --log-key AVAIN.",
    sv: "Om driften på annat sätt än genom servern säger att nyckeln är ny, ange den: --log-key NYCKEL.")
  static let originAdvice = Text(
    en: "Where the operator explains it, take the new log with --accept-log.",
    fi: "Jos ylläpitäjä selittää asian, ota uusi loki käyttöön valitsimella --accept-log.",
    sv: "Om driften förklarar det, ta den nya loggen i bruk med --accept-log.")
  static let saved = Text(en: "Saved:", fi: "Tallennettu:", sv: "Sparat:")
  static let notSaved = Text(
    en: "It could not be saved:", fi: "Tallentaminen ei onnistunut:", sv: "Det kunde inte sparas:")

  // MARK: - Files and keys

  static func damaged(_ path: String) -> Text {
    Text(
      en: "The file of the checkpoint seen last is damaged; look why, and move it away to begin anew: \(path)",
      fi:
        "Viimeksi nähdyn tarkistuspisteen tiedosto on vioittunut; selvitä syy ja siirrä se pois, jos aloitat alusta: "
        + path,
      sv:
        "Filen med den senast sedda kontrollpunkten är skadad; ta reda på varför, och flytta den för att börja om: "
        + path
    )
  }
  static func badKey(_ text: String) -> Text {
    let shown = ValueText.oneLine(String(text.prefix(80)))
    return Text(
      en: "This is no verifier key (NAME+hash+base64): \(shown)",
      fi: "Tämä ei ole tarkistusavain (NIMI+tiiviste+base64): \(shown)",
      sv: "Detta är ingen verifieringsnyckel (NAMN+hash+base64): \(shown)")
  }
  static func noKey(_ path: String) -> Text {
    Text(
      en: "The file holds no key: \(path)", fi: "Tiedostossa ei ole avainta: \(path)",
      sv: "Filen innehåller ingen nyckel: \(path)")
  }
}
