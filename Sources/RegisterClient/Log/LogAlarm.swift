import AccessLog
import Wire

/// Why an access log is not to be believed, or not yet.
enum LogAlarm: Error, Sendable, Equatable {
  /// The log does not begin with what it had shown before.
  case forked
  /// The log has fewer entries than it had shown before.
  case rolledBack
  /// Another key than the trusted one signed it; the key that the server names where it did sign.
  case otherKey(VerifierKey?)
  /// A signature by a key that is known is not good, or there is none; the reason.
  case badSignature(String)
  /// What the server sent is no checkpoint; the reason.
  case malformed(String)
  /// The server did not show or prove it; its words.
  case unproved(String)
  /// A log of another name than the one seen before.
  case otherOrigin(LogContinuation)
  /// The file of what was seen before cannot be used; why.
  case unusableMemory(ClientError)
}

/// What a log of a new origin says of the one that this client saw before.
enum LogContinuation: Sendable, Equatable {
  /// It holds, proved, an entry that it goes on from at least as many entries as were seen, here so many.
  case acknowledged(Int64)
  /// It holds such an entry, but goes on from fewer entries than were seen, or from others.
  case short(Int64)
  /// It holds no such entry, or does not prove it.
  case unsaid
}

/// A checkpoint that a server showed, signed by a key that is trusted or, where none is yet, by the one that it names.
struct ShownLog: Sendable, Equatable {
  let note: String
  let signed: SignedNote
  let checkpoint: Checkpoint
  let key: VerifierKey
  /// Whether the key is one of those that were trusted before.
  let isTrusted: Bool

  /// Reads a row of `log.checkpoint`. Throws where it is no signed checkpoint, or a trusted key's signature is bad.
  init(row: JSONObject, trusted: [VerifierKey]) throws(LogAlarm) {
    let signed: SignedNote
    do throws(NoteFault) {
      guard let note = row["note"]?.string else { throw NoteFault(reason: "there is no note") }
      signed = try SignedNote(note)
      checkpoint = try Checkpoint(signed.text)
      self.note = note
    } catch {
      throw .malformed(error.reason)
    }
    self.signed = signed
    let named = row["key"]?.string.flatMap { VerifierKey($0) }
    do throws(NoteFault) {
      if let signer = try signed.verify(trusted).first {
        key = signer
        isTrusted = true
        return
      }
      guard let named, named.algorithm == .ed25519, !(try signed.verify([named])).isEmpty else {
        throw NoteFault(reason: "none of the given keys signed the checkpoint")
      }
      key = named
      isTrusted = false
    } catch {
      throw .badSignature(error.reason)
    }
  }

  /// The given witnesses that cosigned, with the time in seconds since 1970. Throws where a cosignature is bad.
  func cosigners(_ witnesses: [VerifierKey]) throws(LogAlarm) -> [LogCosigner] {
    do throws(NoteFault) {
      return try signed.verify(witnesses).map { LogCosigner(name: $0.name, time: signed.cosignatureTime(of: $0)) }
    } catch {
      throw .badSignature(error.reason)
    }
  }
}

/// A witness that cosigned a checkpoint.
struct LogCosigner: Sendable, Equatable {
  let name: String
  /// Seconds since 1970, where the cosignature has a time.
  let time: UInt64?
}
