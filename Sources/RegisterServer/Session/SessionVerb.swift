import Model
import Wire

/// The session's own verbs, as `describe` shows them.
struct SessionVerb: Sendable {
  /// A parameter of one.
  struct Parameter: Sendable {
    let name: String
    let isRequired: Bool
    let help: Text
  }

  let verb: String
  let summary: Text
  var parameters: [Parameter] = []
  var columns: [String] = []

  /// The rows of `describe` for all of them, or for one.
  static func described(verb: String?, language: Language) -> [JSONObject] {
    all.filter { verb == nil || $0.verb == verb }.map { own in
      [
        "verb": .string(own.verb), "summary": .string(own.summary[language]), "effect": "read", "purpose": "none",
        "permission": "session",
        "parameters": .array(
          own.parameters.map {
            [
              "name": .string($0.name), "type": "text", "required": .bool($0.isRequired), "personal": false,
              "summary": .string($0.help[language]),
            ]
          }),
        "columns": .array(own.columns.map { ["name": .string($0), "personal": false] }),
      ]
    }
  }

  static let all = [
    SessionVerb(
      verb: "describe",
      summary: Text(
        en: "Show the commands that you may use.", fi: "Näytä komennot, joita voit käyttää.",
        sv: "Visa de kommandon som du får använda."),
      parameters: [
        Parameter(
          name: "verb", isRequired: false,
          help: Text(en: "only this command", fi: "vain tämä komento", sv: "endast detta kommando"))
      ], columns: ["verb", "summary", "effect", "purpose", "permission", "parameters", "columns"]),
    SessionVerb(
      verb: "hello",
      summary: Text(
        en: "Settle the protocol's version and the language.", fi: "Sovi yhteyskäytännön versio ja kieli.",
        sv: "Kom överens om protokollets version och språket."),
      parameters: [
        Parameter(name: "proto", isRequired: true, help: Text(en: "rek/1", fi: "rek/1", sv: "rek/1")),
        Parameter(
          name: "lang", isRequired: false,
          help: Text(en: "fi, sv or en", fi: "fi, sv tai en", sv: "fi, sv eller en")),
        Parameter(
          name: "caps", isRequired: false,
          help: Text(
            en: "what the client can do; unknown words are ignored", fi: "mitä ohjelma osaa; tuntemattomat ohitetaan",
            sv: "vad programmet kan; okända ord förbigås")),
      ]),
    SessionVerb(
      verb: "ping",
      summary: Text(
        en: "See whether the server answers.", fi: "Kokeile, vastaako palvelin.", sv: "Se om servern svarar.")),
    SessionVerb(
      verb: "cancel",
      summary: Text(en: "Cancel a command under way.", fi: "Peruuta kesken oleva komento.", sv: "Avbryt ett kommando."),
      parameters: [
        Parameter(
          name: "of", isRequired: true,
          help: Text(en: "the command's tag", fi: "komennon tunniste", sv: "kommandots märke"))
      ]),
    SessionVerb(
      verb: "quit", summary: Text(en: "End the session.", fi: "Lopeta istunto.", sv: "Avsluta sessionen.")),
  ]
}
