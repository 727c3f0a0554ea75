/// Why a key could not be had, written or destroyed.
public enum KeyFault: Error, Equatable, Sendable {
  /// The slot was never written.
  case absent
  /// The slot holds a tombstone: the key was destroyed on purpose.
  case destroyed
  /// The slot holds something that does not unwrap for this person and category, in no mirror: an alarm.
  case damaged
  /// A system call failed with this `errno`.
  case io(Int32)
}

/// Why a key store or master key could not be opened, made or changed.
public enum KeyStoreError: Error, Equatable, Sendable {
  /// A mirror is to be created where a file is already.
  case exists(path: String)
  /// The file has no header of a key store.
  case notAKeyStore(path: String)
  /// The file is a mirror of another key store.
  case differentStore(path: String)
  /// Two configured mirrors are one and the same file, or none is configured.
  case mirrorsNotDistinct
  /// The header was not written under any master key that was given.
  case wrongMasterKey
  /// The store's master key was replaced by one that this process does not have.
  case masterKeySuperseded
  /// The new master key's generation is not above the present one.
  case generationNotNewer
  /// A file system whose caches are not shared between hosts, or an unknown one.
  case unsuitableFileSystem(path: String, name: String)
  /// A master key file that others may read, is a symbolic link or no regular file, or belongs to another user.
  case unsafeFile(path: String)
  /// A master key file that has not the form of one.
  case malformedMasterKey(path: String)
  /// A slot number that no person's key can have.
  case slotOutOfRange(Int64)
  /// A file could not be opened, made or removed.
  case file(path: String, errno: Int32)
}

/// What a slot holds in one mirror, as far as the slot itself shows.
public enum SlotState: Equatable, Sendable {
  /// Never written.
  case empty
  /// A wrapped key; whether it unwraps shows only with its person and category.
  case live
  /// A genuine tombstone.
  case destroyed
  /// Neither.
  case damaged
}
