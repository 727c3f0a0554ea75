public import Custody
public import Model

/// A command of the register: one type, one file, and one line in the catalogue.
public protocol RegisterCommand: Sendable {
  /// What it is.
  static var spec: CommandSpec { get }

  /// Reads its parameters; throws `invalid/PARAM` for a value that will not do, and never repeats it.
  init(_ arguments: inout Arguments) throws(RegisterError)

  /// Does it. The permit is used up by what leads to the reply.
  func run(_ call: Call, _ permit: consuming Permit) async throws -> Reply.Final
}
