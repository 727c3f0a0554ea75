import FoundationEssentials

/// Sealing of fields: version 1 ‖ nonce 12 ‖ ciphertext ‖ tag 16, AES-256-GCM under a subject key with the place as
/// additional data.
public enum FieldSeal {
  /// The first byte of everything sealed.
  static let version: UInt8 = 1
  /// How many bytes longer a sealed value is than its plaintext.
  public static let overheadBytes = 1 + AESGCM.overheadBytes

  /// Seals a value for one place. Throws only when the crypto library fails.
  public static func seal(
    _ plaintext: UnsafeRawBufferPointer, under key: SubjectKey, context: SealContext
  ) throws -> [UInt8] {
    let box = try context.withBytes { try AESGCM.seal(plaintext, under: key.symmetric, authenticating: $0) }
    return versioned(box)
  }

  /// Seals a value for one place. Throws only when the crypto library fails.
  public static func seal(_ plaintext: [UInt8], under key: SubjectKey, context: SealContext) throws -> [UInt8] {
    try plaintext.withUnsafeBytes { try seal($0, under: key, context: context) }
  }

  /// Opens a sealed value. The only way back to plaintext: for the vault, which asks for a receipt first.
  ///
  /// Throws `KeyFault.damaged` for anything that was not sealed under this key for this place.
  @_spi(Custody)
  public static func unsealWithoutReceipt(
    _ sealed: UnsafeRawBufferPointer, under key: SubjectKey, context: SealContext
  ) throws(KeyFault) -> [UInt8] {
    guard sealed.count >= overheadBytes, sealed[0] == version else { throw .damaged }
    let box = UnsafeRawBufferPointer(rebasing: sealed[1...])
    guard let plaintext = context.withBytes({ AESGCM.open(box, under: key.symmetric, authenticating: $0) })
    else { throw .damaged }
    return plaintext.withUnsafeBytes { [UInt8]($0) }
  }

  /// Opens a sealed value, as the other form does.
  @_spi(Custody)
  public static func unsealWithoutReceipt(
    _ sealed: [UInt8], under key: SubjectKey, context: SealContext
  ) throws(KeyFault) -> [UInt8] {
    try sealed.withRawBytes { bytes throws(KeyFault) in
      try unsealWithoutReceipt(bytes, under: key, context: context)
    }
  }

  /// Opens a sealed value, as the other form does.
  @_spi(Custody)
  public static func unsealWithoutReceipt(
    _ sealed: ArraySlice<UInt8>, under key: SubjectKey, context: SealContext
  ) throws(KeyFault) -> [UInt8] {
    try sealed.withRawBytes { bytes throws(KeyFault) in
      try unsealWithoutReceipt(bytes, under: key, context: context)
    }
  }

  /// A box behind its version byte.
  static func versioned(_ box: Data) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: box.count + 1) { buffer, filled in
      buffer[0] = version
      box.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[1...]).copyMemory(from: $0)
      }
      filled = box.count + 1
    }
  }
}
