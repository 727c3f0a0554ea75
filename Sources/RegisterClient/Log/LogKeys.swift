import AccessLog
import Crypto
import Model
import Wire

/// Verifier keys as people give them.
enum LogKeys {
  /// The largest file of keys.
  private static let fileBytesMax = 65_536

  /// The keys of texts that are each a verifier key, or `@FILE` for a file with a key a line and comments after `#`.
  ///
  /// Throws `ClientError.usage` for what is no key, `.file` for a file that cannot be read.
  static func read(_ texts: [String]) throws(ClientError) -> [VerifierKey] {
    var keys: [VerifierKey] = []
    for text in texts {
      for line in try lines(text) {
        guard let key = VerifierKey(line) else { throw .usage(LogText.badKey(line)) }
        if !keys.contains(key) { keys.append(key) }
      }
    }
    return keys
  }

  private static func lines(_ text: String) throws(ClientError) -> [String] {
    guard text.hasPrefix("@") else { return [text] }
    let path = String(text.dropFirst())
    guard let bytes = try LocalFile.read(path, bytesMax: fileBytesMax) else { throw LocalFile.missing(path) }
    let lines = bytes.split { $0 == 0x0A || $0 == 0x0D }.map { String(decoding: $0, as: UTF8.self) }
      .map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    guard !lines.isEmpty else { throw .usage(LogText.noKey(path)) }
    return lines
  }
}

extension VerifierKey {
  /// SHA-256 of the public key in base64 without padding, as people compare keys.
  var fingerprint: String {
    let digest = Base64.encode(Array(SHA256.hash(data: publicKey)))
    return "SHA256:" + digest.prefix { $0 != "=" }
  }
}
