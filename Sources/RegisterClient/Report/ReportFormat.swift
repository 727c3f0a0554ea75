import Model

/// Numbers, days and times as people of a language write them.
struct ReportFormat: Sendable {
  let language: Language
  let zone: ReportZone

  /// A whole number with its thousands apart: `12,345`, in Finnish and Swedish `12 345`.
  func number(_ value: Int64) -> String {
    let digits = String(value.magnitude)
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += language == .english ? "," : "\u{A0}" }
      text.append(digit)
    }
    return text
  }

  /// A number with one decimal, with none where that would be 0 and `keepsZero` is not set.
  func decimal(_ value: Double, keepsZero: Bool = false) -> String {
    guard value.isFinite else { return "–" }
    guard abs(value) < 1e15 else { return number(Int64(clamping: value)) }
    let tenths = Int64((value * 10).rounded())
    let whole = number(tenths / 10)
    let sign = tenths < 0 && tenths > -10 ? "-" : ""
    let rest = abs(tenths % 10)
    return rest == 0 && !keepsZero ? sign + whole : sign + whole + (language == .english ? "." : ",") + "\(rest)"
  }

  /// A share in per cent: `3.4 %`; `–` of nothing.
  func share(_ part: Int64, of whole: Int64) -> String {
    guard whole > 0 else { return "–" }
    let percent = Double(part) / Double(whole) * 100
    if part > 0, percent < 0.05 { return "< 0\(language == .english ? "." : ",")1\u{A0}%" }
    return decimal(percent, keepsZero: true) + "\u{A0}%"
  }

  /// A number in few characters for axes and small cells: `950`, `9.5k`, `12M`.
  func compact(_ value: Int64) -> String {
    guard value >= 1000 else { return number(value) }
    var scaled = Double(value)
    var unit = 0
    let units = ["", "k", "M", "G", "T", "P", "E"]
    while scaled >= 999.5, unit < units.count - 1 {
      scaled /= 1000
      unit += 1
    }
    return (scaled < 9.95 ? decimal(scaled) : number(Int64(scaled.rounded()))) + units[unit]
  }

  /// A day: `2026-11-22`.
  func day(_ day: Day) -> String { day.description }

  /// A day within a sentence: `22 Nov 2026`, `22.11.2026`, never broken over two lines.
  func proseDay(_ day: Day) -> String {
    let year = String(day.civil.year)
    let words = shortDay(day).replacing(" ", with: "\u{A0}")
    return language == .finnish ? words + year : "\(words)\u{A0}\(year)"
  }

  /// A count and, in brackets, the first ten of what was counted.
  func counted(_ names: [String]) -> String {
    guard !names.isEmpty else { return number(0) }
    let named = names.prefix(10).joined(separator: ", ") + (names.count > 10 ? " …" : "")
    return "\(number(Int64(names.count))) (\(named))"
  }

  /// A day of an axis, without its year: `22 Nov`, `22.11.`, `22 nov`.
  func shortDay(_ day: Day) -> String {
    let (_, month, number) = day.civil
    switch language {
    case .english: return "\(number) \(ReportText.months.en[month - 1])"
    case .finnish: return "\(number).\(month)."
    case .swedish: return "\(number) \(ReportText.months.sv[month - 1])"
    }
  }

  /// A time of the zone to the minute: `2026-11-22 19:02`, with a space that does not break.
  func time(_ instant: Instant) -> String {
    let (day, hour, minute) = zone.local(instant)
    return "\(day)\u{A0}\(Self.two(hour)):\(Self.two(minute))"
  }

  /// A time of UTC to the minute.
  func utc(_ instant: Instant) -> String {
    let (day, hour, minute) = ReportZone.utc.local(instant)
    return "\(day)\u{A0}\(Self.two(hour)):\(Self.two(minute))\u{A0}UTC"
  }

  /// The day of the week, short.
  func weekday(_ index: Int) -> String { ReportText.weekdays[language][index] }

  /// A purpose of the wire in people's words, else the word itself.
  func purpose(_ word: String?) -> String {
    guard let word else { return ReportText.noPurpose[language] }
    return Purpose(name: word)?.title[language] ?? ValueText.oneLine(word)
  }

  /// A job role of the wire in people's words, else the word itself.
  func role(_ word: String?) -> String {
    guard let word else { return ReportText.noRole[language] }
    return JobRole(name: word)?.title[language] ?? ValueText.oneLine(word)
  }

  static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

extension Int64 {
  /// The nearest number of a floating-point value that is no NaN.
  init(clamping value: Double) {
    self = value >= 9.2e18 ? .max : value <= -9.2e18 ? .min : Int64(value)
  }
}

/// Lists of words in the three languages.
struct TextList: Sendable {
  let en: [String]
  let fi: [String]
  let sv: [String]

  subscript(language: Language) -> [String] {
    switch language {
    case .english: en
    case .finnish: fi
    case .swedish: sv
    }
  }
}

extension Text {
  /// The words in a language with each `%` in turn replaced by a value.
  func filled(_ language: Language, _ values: String...) -> String {
    var rest = values[...]
    var text = ""
    for character in self[language] {
      if character == "%", let value = rest.popFirst() { text += value } else { text.append(character) }
    }
    return text
  }
}
