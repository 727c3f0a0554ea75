import Model

extension Tick {
  /// Before every reading.
  static var past: Tick {
    var tick = Tick.now()
    tick.nanoseconds = 0
    return tick
  }
}
