public import Custody
public import Model

/// A command of the register: one type, one file, and one line in the catalogue.
public protocol RegisterCommand: Sendable {
  /// What it is.
  static var spec: CommandSpec { get }

  /// Whether each of its steps takes a few microseconds, so that a connection's own event loop may run it: it waits for
  /// the database without blocking and answers a row or two.
  static var isBrief: Bool { get }

  /// Reads its parameters; throws `invalid/PARAM` for a value that will not do, and never repeats it.
  init(_ arguments: inout Arguments) throws(RegisterError)

  /// Does it. The permit is used up by what leads to the reply.
  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final
}

extension RegisterCommand {
  /// Commands go on threads of their own.
  public static var isBrief: Bool { false }
}
