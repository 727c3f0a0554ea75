extension Array<UInt8> {
  /// The bytes for a body that throws only `KeyFault`, which `withUnsafeBytes` would widen.
  @inline(__always)
  func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) throws(KeyFault) -> Result) throws(KeyFault) -> Result {
    try withUnsafeBufferPointer { elements throws(KeyFault) in try body(UnsafeRawBufferPointer(elements)) }
  }

  /// The bytes to write, for a body that throws only `KeyFault`.
  @inline(__always)
  mutating func withMutableRawBytes<Result>(
    _ body: (UnsafeMutableRawBufferPointer) throws(KeyFault) -> Result
  ) throws(KeyFault) -> Result {
    try withUnsafeMutableBufferPointer { elements throws(KeyFault) in
      try body(UnsafeMutableRawBufferPointer(elements))
    }
  }
}

extension ArraySlice<UInt8> {
  /// The bytes for a body that throws only `KeyFault`.
  @inline(__always)
  func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) throws(KeyFault) -> Result) throws(KeyFault) -> Result {
    try withUnsafeBufferPointer { elements throws(KeyFault) in try body(UnsafeRawBufferPointer(elements)) }
  }
}
