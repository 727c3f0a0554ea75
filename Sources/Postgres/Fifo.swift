/// A first-in, first-out queue with constant-time ends.
struct Fifo<Element> {
  private var storage: [Element?] = []
  private var head = 0

  var count: Int { storage.count - head }
  var isEmpty: Bool { count == 0 }
  var first: Element? { isEmpty ? nil : storage[head] }

  mutating func append(_ element: Element) { storage.append(element) }

  @discardableResult
  mutating func popFirst() -> Element? {
    guard !isEmpty else { return nil }
    let element = storage[head]
    storage[head] = nil
    head += 1
    if head == storage.count {
      storage.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 256, head * 2 >= storage.count {
      storage.removeFirst(head)
      head = 0
    }
    return element
  }

  /// Takes out the elements that the test picks.
  mutating func extract(where picks: (Element) -> Bool) -> [Element] {
    var taken: [Element] = []
    var kept: [Element?] = []
    for case let element? in storage[head...] {
      if picks(element) { taken.append(element) } else { kept.append(element) }
    }
    storage = kept
    head = 0
    return taken
  }

  func forEach(_ body: (Element) -> Void) {
    for case let element? in storage[head...] { body(element) }
  }
}
