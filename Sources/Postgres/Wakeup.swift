import CPostgres
import Glibc

/// A file descriptor that becomes readable when another thread says so (eventfd).
final class Wakeup: Sendable {
  let descriptor: Int32

  init?() {
    descriptor = wakeup_descriptor()
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  func signal() {
    var one: UInt64 = 1
    _ = write(descriptor, &one, 8)
  }

  func clear() {
    var value: UInt64 = 0
    _ = read(descriptor, &value, 8)
  }
}

/// Runs a function on a new detached thread; false where there can be no more threads.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let box = Unmanaged.passRetained(Box(body))
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  pthread_attr_setstacksize(&attributes, 1 << 20)
  var thread = pthread_t()
  let status = pthread_create(
    &thread, &attributes,
    { argument in
      if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
      return nil
    }, box.toOpaque())
  if status != 0 { box.release() }
  return status == 0
}
