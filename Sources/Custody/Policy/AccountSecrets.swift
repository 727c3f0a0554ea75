public import Model
public import Sealing

extension KeyStore {
  /// Seals an account's password verifier, as its row keeps it.
  public func sealVerifier(_ bytes: [UInt8], of user: UserID) throws -> [UInt8] {
    try sealService(bytes, under: .passwordVerifier, context: user.description)
  }

  /// Opens what `sealVerifier` gave; throws `KeyFault.damaged` for anything else, another account's too.
  public func openVerifier(_ sealed: [UInt8], of user: UserID) throws -> [UInt8] {
    try openService(sealed, under: .passwordVerifier, context: user.description)
  }

  /// Seals an account's one-time-password secret, as its row keeps it.
  public func sealOneTimeSecret(_ bytes: [UInt8], of user: UserID) throws -> [UInt8] {
    try sealService(bytes, under: .oneTimeSeed, context: user.description)
  }

  /// Opens what `sealOneTimeSecret` gave; throws `KeyFault.damaged` for anything else, another account's too.
  public func openOneTimeSecret(_ sealed: [UInt8], of user: UserID) throws -> [UInt8] {
    try openService(sealed, under: .oneTimeSeed, context: user.description)
  }
}
