/// What is usual, by medians, which a few odd days do not move.
enum Habit {
  /// The median; nil for no values.
  static func median(_ values: some Collection<Double>) -> Double? {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return nil }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The median and spread of days; nil where there are too few of them for a habit.
  static func baseline(_ values: [Double], daysMin: Int) -> Baseline? {
    guard values.count >= max(1, daysMin), let median = median(values),
      let deviation = Self.median(values.map { abs($0 - median) })
    else { return nil }
    return Baseline(median: median, spread: 1.4826 * deviation, days: values.count)
  }

  /// How many spreads a value lies above the habit. A spread is at least 1, and at least the square root of the median:
  /// counts that vary by chance alone vary that much.
  static func spreads(_ value: Double, above baseline: Baseline) -> Double {
    (value - baseline.median) / max(baseline.spread, baseline.median.squareRoot(), 1)
  }
}
