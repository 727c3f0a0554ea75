extension KeyStore {
  /// Seals something of the service's own, such as a password verifier, under a service key; `context` says what and whose it
  /// is and must be the same to open it. Layout as `FieldSeal`.
  public func sealService(_ plaintext: [UInt8], under name: ServiceKey, context: String) throws -> [UInt8] {
    let key = try serviceKey(name)
    let box = try plaintext.withUnsafeBytes { bytes in
      try Self.additional(name, context).withUnsafeBytes { try AESGCM.seal(bytes, under: key, authenticating: $0) }
    }
    return FieldSeal.versioned(box)
  }

  /// Opens what `sealService` gave; throws `KeyFault.damaged` for anything else.
  public func openService(_ sealed: [UInt8], under name: ServiceKey, context: String) throws -> [UInt8] {
    let key = try serviceKey(name)
    guard sealed.count >= FieldSeal.overheadBytes, sealed[0] == FieldSeal.version else { throw KeyFault.damaged }
    let plaintext = sealed[1...].withUnsafeBytes { box in
      Self.additional(name, context).withUnsafeBytes { AESGCM.open(box, under: key, authenticating: $0) }
    }
    guard let plaintext else { throw KeyFault.damaged }
    return [UInt8](plaintext)
  }

  private static func additional(_ name: ServiceKey, _ context: String) -> [UInt8] {
    [FieldSeal.version, 0x53, UInt8(truncatingIfNeeded: name.slot)] + Array(context.utf8)
  }
}
