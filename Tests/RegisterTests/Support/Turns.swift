/// Lets so many tests have a register at a time: each has its sessions in the database.
actor Turns {
  static let shared = Turns(6)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ free: Int) { self.free = free }

  func take() async {
    if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
  }

  func give() { if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() } }
}
