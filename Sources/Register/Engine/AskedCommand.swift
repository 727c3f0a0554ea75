import Crypto
import Custody
import Model
import Wire

/// The line that asked for a command, as far as its exact wording counts: for approvals.
struct AskedCommand: Sendable {
  /// The parameters as given.
  let parameters: [Parameter]
  let requestKey: SymmetricKey

  /// The keyed hash of the exact request: verb, parameters, purpose and case, whatever the parameters' order.
  func digest(_ context: CommandContext) -> [UInt8] {
    let parts =
      ["approval", context.verb, context.purpose?.name ?? "", context.caseReference]
      + RequestHash.parts(parameters, but: ["once", "approval", "purpose", "case"])
    return RequestHash.of(parts, key: requestKey)
  }
}

/// HMAC-SHA256 over length-prefixed texts.
enum RequestHash {
  /// Names and values in the order of the names.
  static func parts(_ parameters: [Parameter], but left: Set<String>) -> [String] {
    parameters.filter { !left.contains($0.name) }.sorted { $0.name < $1.name }.flatMap { [$0.name, $0.value] }
  }

  static func of(_ parts: [String], key: SymmetricKey) -> [UInt8] {
    var hmac = HMAC<SHA256>(key: key)
    for part in parts {
      hmac.update(data: withUnsafeBytes(of: part.utf8.count.bigEndian) { Array($0) })
      hmac.update(data: Array(part.utf8))
    }
    return Array(hmac.finalize())
  }
}
