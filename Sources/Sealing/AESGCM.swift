import Crypto
import FoundationEssentials

/// AES-256-GCM (NIST SP 800-38D) over raw buffers, laid out as nonce 12 ‖ ciphertext ‖ tag 16.
///
/// Nonces are random; every key here seals far fewer than 2³² messages, the bound for random 96-bit nonces.
enum AESGCM {
  static let overheadBytes = 28

  /// The box of a plaintext.
  static func seal(
    _ plaintext: UnsafeRawBufferPointer, under key: SymmetricKey, authenticating additional: UnsafeRawBufferPointer
  ) throws -> Data {
    var words: (UInt64, UInt32) = (0, 0)
    let nonce = try withUnsafeMutableBytes(of: &words) { words in
      let twelve = UnsafeMutableRawBufferPointer(rebasing: words[..<12])
      Randomness.fill(twelve)
      return try AES.GCM.Nonce(data: UnsafeRawBufferPointer(twelve))
    }
    let box = try AES.GCM.seal(plaintext, using: key, nonce: nonce, authenticating: additional)
    guard let combined = box.combined else { throw CryptoKitError.incorrectParameterSize }
    return combined
  }

  /// The plaintext of a box; nil where it was not sealed under this key with these additional data.
  static func open(
    _ box: UnsafeRawBufferPointer, under key: SymmetricKey, authenticating additional: UnsafeRawBufferPointer
  ) -> Data? {
    guard box.count >= overheadBytes, let sealed = try? AES.GCM.SealedBox(combined: box) else { return nil }
    // As Data, the type that the library itself works on.
    return try? AES.GCM.open(sealed, using: key, authenticating: Data(additional))
  }
}
