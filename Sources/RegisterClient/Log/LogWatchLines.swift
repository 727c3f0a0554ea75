import AccessLog
import Model

/// What is said about the log at log-in.
struct LogWatchLines: Sendable {
  /// How much a line matters.
  enum Weight: Sendable, Equatable {
    /// Said to a person at a terminal only.
    case quiet
    /// Said always.
    case notice
    case warning
    case alarm
  }

  /// A line, safe for a terminal.
  struct Line: Sendable, Equatable {
    let text: String
    let weight: Weight
  }

  private(set) var lines: [Line] = []
  private let finding: LogFinding
  private let language: Language

  /// The lines of a finding. `historyPath` is where the logs before the present one are kept.
  init(_ finding: LogFinding, language: Language, historyPath: String?) {
    self.finding = finding
    self.language = language
    switch finding.state {
    case .notAsked: break
    case .noLonger: add(LogText.noLonger[language], .warning)
    case .first: first()
    case .consistent: consistent()
    case .accepted(let said):
      otherOrigin(said, .warning)
      add("\(LogText.accepted[language]) \(historyPath ?? "–")", .notice)
    case .alarm(let alarm): sound(alarm)
    }
    cosigners()
    failure()
  }

  /// What is told before the person decides on a log of a new origin.
  init(asking finding: LogFinding, _ said: LogContinuation, language: Language) {
    self.finding = finding
    self.language = language
    otherOrigin(said, .alarm)
  }

  private mutating func add(_ text: String, _ weight: Weight) {
    lines.append(Line(text: ValueText.oneLine(text), weight: weight))
  }

  private var shownSize: String { finding.shown.map { String($0.checkpoint.size) } ?? "–" }
  private var seenSize: String { finding.remembered.map { String($0.checkpoint.size) } ?? "–" }
  private var seenAt: String { finding.remembered.map { ValueText.moment($0.at) } ?? "–" }

  // MARK: - What is well

  private mutating func first() {
    guard let shown = finding.shown else { return }
    add(LogText.first.filled(language, shown.checkpoint.origin, shownSize), .notice)
    add((shown.isTrusted ? LogText.givenKey : LogText.firstKey)[language], .notice)
    key(shown.key, .notice)
    if !finding.isKept { add("\(LogText.notKept[language]) \(LogText.noFolder[language])", .warning) }
  }

  private mutating func consistent() {
    add(LogText.consistent.filled(language, shownSize, seenAt, seenSize), .quiet)
  }

  private mutating func key(_ key: VerifierKey, _ weight: Weight) {
    add("  \(key)", weight)
    add("  \(LogText.fingerprint[language]) \(key.fingerprint)", weight)
  }

  private mutating func cosigners() {
    guard finding.shown != nil, finding.witnesses > 0 else { return }
    guard !finding.cosigners.isEmpty else {
      return add(LogText.notCosigned.filled(language, String(finding.witnesses)), .warning)
    }
    let names = finding.cosigners.map { cosigner in
      let time = cosigner.time.flatMap { Int64(exactly: $0) }.flatMap { $0 < 1 << 40 ? $0 : nil }
      guard let time else { return cosigner.name }
      return "\(cosigner.name) (\(ValueText.moment(Instant(microseconds: time * 1_000_000).description)))"
    }
    let size = finding.cosignedSize.map { ": " + LogText.cosignedSize.filled(language, String($0)) } ?? ""
    add("\(LogText.cosigned[language]) \(names.joined(separator: ", "))\(size)", .quiet)
  }

  // MARK: - What is not

  private mutating func otherOrigin(_ said: LogContinuation, _ weight: Weight) {
    guard let shown = finding.shown, let remembered = finding.remembered else { return }
    add(LogText.otherOrigin.filled(language, shown.checkpoint.origin, remembered.checkpoint.origin), weight)
    switch said {
    case .acknowledged(let size): add(LogText.acknowledged.filled(language, String(size)), .notice)
    case .short(let size): add(LogText.short.filled(language, String(size)), weight)
    case .unsaid: add(LogText.unsaid[language], weight)
    }
    add(LogText.newKey[language], .notice)
    key(shown.key, .notice)
  }

  private mutating func sound(_ alarm: LogAlarm) {
    let isUnchecked = if case .unproved = alarm { true } else if case .unusableMemory = alarm { true } else { false }
    add((isUnchecked ? LogText.unchecked : LogText.alarm)[language], .alarm)
    switch alarm {
    case .forked: add(LogText.forked.filled(language, shownSize, seenAt, seenSize), .alarm)
    case .rolledBack: add(LogText.rolledBack.filled(language, shownSize, seenAt, seenSize), .alarm)
    case .badSignature(let reason): add(LogText.badSignature.filled(language, FaultWords.of(reason, language)), .alarm)
    case .malformed(let reason): add(LogText.malformed.filled(language, FaultWords.of(reason, language)), .alarm)
    case .unproved(let reason): return add(LogText.unproved.filled(language, reason), .alarm)
    case .unusableMemory(let error): return add(error.message(language), .alarm)
    case .otherKey(let shown): otherKey(shown)
    case .otherOrigin(let said):
      otherOrigin(said, .alarm)
      add(LogText.originAdvice[language], .notice)
    }
    add(LogText.advice[language], .notice)
    for file in finding.files { add("\(LogText.saved[language]) \(file)", .notice) }
  }

  private mutating func otherKey(_ shown: VerifierKey?) {
    add(LogText.otherKey[language], .alarm)
    let trusted = finding.given.isEmpty ? [finding.remembered?.key].compactMap { $0 } : finding.given
    if !trusted.isEmpty { add(LogText.trustedKey[language], .notice) }
    for one in trusted { key(one, .notice) }
    if let shown {
      add(LogText.shownKey[language], .notice)
      key(shown, .notice)
    }
    add(LogText.keyAdvice[language], .notice)
  }

  private mutating func failure() {
    guard let failure = finding.failure else { return }
    add("\((finding.isAlarm ? LogText.notSaved : LogText.notKept)[language]) \(failure.message(language))", .warning)
  }
}
