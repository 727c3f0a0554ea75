import Glibc
import Model

/// Where rows go: the standard output or a file, and progress to the person meanwhile.
struct OutputSink {
  private let file: PartialFile?
  private let path: String?
  private var formatter: RowFormatter
  private let language: Language
  private let showsProgress: Bool
  private var hasProgressLine = false

  init(form: OutputForm, file path: String?, language: Language) throws(ClientError) {
    self.path = path
    file = try path.map { path throws(ClientError) in try PartialFile(path) }
    let isTerminal = file == nil && Terminal.isTerminal(STDOUT_FILENO)
    let width = isTerminal ? Terminal.width(STDOUT_FILENO) : nil
    formatter = RowFormatter(form: form, width: width, isTerminal: isTerminal, language: language)
    self.language = language
    showsProgress = Terminal.isTerminal(STDERR_FILENO)
  }

  /// Rows taken.
  var rowCount: Int { formatter.rowCount }

  /// Columns that CSV had to leave out.
  var lateColumns: [String] { formatter.lateColumns }

  /// Takes a row. Throws where it cannot be written.
  mutating func row(_ row: ServerValue) throws(ClientError) { try write(formatter.add(row)) }

  /// Writes lines as they are, now. Throws where they cannot be written.
  mutating func lines(_ lines: [String]) throws(ClientError) {
    try write(formatter.finish())
    try write(lines)
  }

  /// Shows how far the command is, on a terminal.
  mutating func progress(_ text: String) {
    guard showsProgress else { return }
    let width = Terminal.width(STDERR_FILENO) ?? 80
    Terminal.write(Array("\r\u{1B}[K\(DisplayWidth.truncate(text, to: width - 1))".utf8), to: STDERR_FILENO)
    hasProgressLine = true
  }

  /// Takes the progress line away before other words.
  mutating func endProgress() {
    if hasProgressLine { Terminal.write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO) }
    hasProgressLine = false
  }

  /// Writes what is left; the file takes its name only now.
  mutating func finish() throws(ClientError) {
    try write(formatter.finish())
    try file?.commit()
  }

  /// Shows what is left of rows that came before a refusal; a file is given up.
  mutating func finishRefused() throws(ClientError) {
    if let file {
      file.abandon()
    } else {
      try write(formatter.finish())
    }
  }

  /// Gives up what a file got so far.
  func abandon() { file?.abandon() }

  private func write(_ lines: [String]) throws(ClientError) {
    guard !lines.isEmpty else { return }
    var bytes: [UInt8] = []
    for line in lines {
      bytes.append(contentsOf: line.utf8)
      bytes.append(0x0A)
    }
    if let file {
      guard file.append(bytes) else { throw file.abandon() }
    } else if !Terminal.write(bytes, to: STDOUT_FILENO) {
      throw LocalFile.failure("stdout")
    }
  }
}
