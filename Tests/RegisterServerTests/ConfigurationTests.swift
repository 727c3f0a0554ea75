import Glibc
import Register
import Testing

@testable import RegisterServer

struct ConfigurationTests {
  private static let smallest =
    #""tls":{"certificate":"c","key":"k"},"database":{"server":"dbname=r"},"keys":{"mirrors":["a","b"],"masterKeyFile":"m"}"#

  private func parse(_ text: String) throws(ServerFault) -> ServerConfiguration {
    try ServerConfiguration.parse(Array(text.utf8))
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    let configuration = try parse("{\(Self.smallest)}")
    #expect(configuration.listen == .init(host: "127.0.0.1", port: 7625))
    #expect(configuration.unixSocket == nil)
    #expect(configuration.connections == .init(max: 4096, maxPerAddress: 1024))
    #expect(configuration.importApprovalAbove == 1000)
    #expect(!configuration.allowsPlain)
    #expect(configuration.tls.clientAuthorities == nil)
    #expect(configuration.authentication.tokenIdleMinutes == 30)
    #expect(configuration.authentication.tokenAbsoluteHours == 12)
    #expect(configuration.keys.mirrors == ["a", "b"])
  }

  @Test(arguments: [
    (#""colour":1"#, "colour is no setting"), (#""listen":{"prot":1}"#, "listen.prot is no setting"),
    (#""listen":{"port":70000}"#, "listen.port: a whole number from 0 to 65535 is needed"),
    (#""listen":5"#, "listen: an object is needed"), (#""allowsPlain":"yes""#, "allowsPlain: true or false is needed"),
    (#""unixSocket":{"path":"p","mode":"9"}"#, "unixSocket.mode: octal digits such as \"0660\" are needed"),
    (#""unixSocket":{}"#, "unixSocket.path is missing"),
    (#""tokenIdleMinutes":0"#, "tokenIdleMinutes: a whole number from 1 to 1440 is needed"),
    (#""tokenAbsoluteHours":721"#, "tokenAbsoluteHours: a whole number from 1 to 720 is needed"),
    (#""threads":0"#, "threads: a whole number from 1 to 64 is needed"),
  ])
  func everyFaultNamesItsKey(extra: String, words: String) {
    #expect(throws: ServerFault(words)) { try parse("{\(Self.smallest),\(extra)}") }
  }

  @Test func whatIsMissingIsNamed() {
    #expect(throws: ServerFault("tls is missing")) { try parse("{}") }
    let both = Self.smallest.dropLast() + #","masterKeyCredential":"x"}"#
    #expect(throws: ServerFault("keys: either masterKeyFile or masterKeyCredential is needed")) {
      try parse("{\(both)}")
    }
  }

  @Test func theExampleHasNoSettingThatIsUnknown() throws {
    // The tests' folder may be a link.
    let place = try #require(realpath(#filePath, nil))
    defer { free(place) }
    let package = String(cString: place).split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    let example = try PrivateFiles.read(package + "/deploy/rekisterid.example.json", bytesMax: 65_536)
    let configuration = try ServerConfiguration.parse(example)
    #expect(configuration.tls.clientAuthorities == "/etc/rekisteri/client-ca.pem")
    #expect(configuration.authentication == .init())
  }

  @Test func whatIsShownHoldsNoConnectionString() throws {
    let shown = try parse("{\(Self.smallest)}").shown
    #expect(!shown.contains { $0.value.contains("dbname") || $0.name.contains("database.server") })
    #expect(shown.contains { $0.name == "connections.max" && $0.value == "4096" })
  }
}
