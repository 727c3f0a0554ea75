import Glibc
import Model
import Sealing

/// What the program tells its operator, on standard error.
enum Console {
  /// A line.
  static func note(_ text: String) { put("rekisterid: \(text)\n") }

  /// An error in words.
  static func fault(_ error: any Error) { note(describe(error)) }

  /// An error in words; never a value of anybody's.
  static func describe(_ error: any Error) -> String {
    switch error {
    case let error as RegisterError: "\(error.code): \(error.message.en)"
    case let error as KeyStoreError: describe(error)
    default: "\(error)"
    }
  }

  private static func describe(_ error: KeyStoreError) -> String {
    switch error {
    case .exists(let path): "\(path) exists already"
    case .notAKeyStore(let path): "\(path) is not a key store"
    case .differentStore(let path): "\(path) belongs to another key store"
    case .mirrorsNotDistinct: "the key store's mirrors are not distinct files"
    case .wrongMasterKey: "the master key is not the key store's"
    case .masterKeySuperseded: "the master key was replaced by a newer one"
    case .generationNotNewer: "the new master key is not newer than the present one"
    case .unsuitableFileSystem(let path, let name): "\(path) is on \(name), which may not hold keys"
    case .unsafeFile(let path): "\(path) is not a file that only its owner can read"
    case .malformedMasterKey(let path): "\(path) is not a master key"
    case .slotOutOfRange(let slot): "slot \(slot) is out of range"
    case .file(let path, let code): "\(path): \(String(cString: strerror(code)))"
    }
  }

  /// Asks on the terminal; nil where there is none, or at its end. What is typed is not shown where `isSecret`.
  static func ask(_ question: String, isSecret: Bool) -> String? {
    guard isatty(STDIN_FILENO) == 1 else { return nil }
    put(question)
    var before = termios()
    let isHidden = isSecret && tcgetattr(STDIN_FILENO, &before) == 0
    if isHidden {
      var hidden = before
      hidden.c_lflag &= ~tcflag_t(ECHO)
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
    }
    let answer = readLine(strippingNewline: true)
    if isHidden {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
      put("\n")
    }
    return answer
  }

  private static func put(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
