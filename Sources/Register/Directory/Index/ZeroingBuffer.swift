/// A growing array that alone owns its memory and overwrites it before giving it back.
///
/// Swift's arrays leave what they held in freed memory when they grow or are copied; text of erased persons must not
/// stay there. Being noncopyable, it has no second copy by accident. Indices are checked.
// @unchecked: the pointer has this one owner, and mutation needs exclusive access, as with any noncopyable value.
struct ZeroingBuffer<Element: BitwiseCopyable & Sendable>: ~Copyable, @unchecked Sendable {
  private(set) var count = 0
  private var capacity: Int
  private var base: UnsafeMutablePointer<Element>

  /// An empty buffer with room for some elements.
  init(reserving capacity: Int = 16) {
    self.capacity = max(capacity, 16)
    base = .allocate(capacity: self.capacity)
  }

  deinit {
    overwrite(UnsafeMutableRawPointer(base), byteCount: count * MemoryLayout<Element>.stride)
    base.deallocate()
  }

  /// The element at an index below `count`.
  subscript(index: Int) -> Element {
    @inline(__always) get {
      precondition(index >= 0 && index < count)
      return base[index]
    }
    @inline(__always) set {
      precondition(index >= 0 && index < count)
      base[index] = newValue
    }
  }

  /// Adds an element at the end.
  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow(to: count + 1) }
    base[count] = element
    count += 1
  }

  /// Adds elements at the end.
  mutating func append(_ elements: UnsafeBufferPointer<Element>) {
    if count + elements.count > capacity { grow(to: count + elements.count) }
    for index in 0..<elements.count { base[count + index] = elements[index] }
    count += elements.count
  }

  /// Adds the same element several times.
  mutating func append(repeating element: Element, count added: Int) {
    if count + added > capacity { grow(to: count + added) }
    for index in 0..<added { base[count + index] = element }
    count += added
  }

  /// Replaces elements from an index on.
  mutating func replace(at start: Int, with elements: UnsafeBufferPointer<Element>) {
    precondition(start >= 0 && start + elements.count <= count)
    for index in 0..<elements.count { base[start + index] = elements[index] }
  }

  /// A view of some elements, valid while the buffer is neither changed nor dropped.
  @inline(__always)
  func view(_ start: Int, _ length: Int) -> UnsafeBufferPointer<Element> {
    precondition(start >= 0 && length >= 0 && start + length <= count)
    return UnsafeBufferPointer(start: base + start, count: length)
  }

  private mutating func grow(to needed: Int) {
    let larger = max(needed, capacity + capacity / 2)
    let fresh = UnsafeMutablePointer<Element>.allocate(capacity: larger)
    for index in 0..<count { fresh[index] = base[index] }
    overwrite(UnsafeMutableRawPointer(base), byteCount: count * MemoryLayout<Element>.stride)
    base.deallocate()
    base = fresh
    capacity = larger
  }
}

/// Fills memory with zeros, kept from the optimiser, which drops writes to memory that is freed right after.
@_optimize(none)
private func overwrite(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
  var position = 0
  while position + 64 <= byteCount {
    memory.storeBytes(of: SIMD64<UInt8>(repeating: 0), toByteOffset: position, as: SIMD64<UInt8>.self)
    position += 64
  }
  while position < byteCount {
    memory.storeBytes(of: 0, toByteOffset: position, as: UInt8.self)
    position += 1
  }
}
