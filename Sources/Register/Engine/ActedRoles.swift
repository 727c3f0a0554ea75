import Model
import Synchronization

/// The roles that each open session acted in: one that acted in a role never acts in another that may not be held
/// together with it (separation of duties within a session), whatever changed meanwhile.
final class ActedRoles: Sendable {
  private static let sessionsMax = 10_000
  private let acted = Mutex<[SessionID: UInt8]>([:])

  /// Acts in a role.
  ///
  /// - Throws: `denied/role` where the session acted in one that may not be held together with it.
  func act(_ role: JobRole, in session: SessionID, isOpen: (SessionID) -> Bool) throws(RegisterError) {
    let bit = UInt8(1) << role.rawValue
    let isAllowed = acted.withLock { acted in
      let held = acted[session, default: 0]
      if held == bit { return true }
      let roles = JobRole.allCases.filter { (held | bit) & (UInt8(1) << $0.rawValue) != 0 }
      guard JobRole.areCompatible(roles) else { return false }
      if acted.count >= Self.sessionsMax { acted = acted.filter { isOpen($0.key) } }
      acted[session] = held | bit
      return true
    }
    guard isAllowed else { throw .deniedRole }
  }
}
