/// The class and activity that a command is in the Open Cybersecurity Schema Framework.
struct OCSFAct: Sendable, Equatable {
  /// A class of events; the raw value is its `class_uid`.
  enum Group: Int64, Sendable {
    case base = 0
    case account = 3001
    case authentication = 3002
    case userAccess = 3005
    case groups = 3006
    case lifecycle = 6002
    case datastore = 6005

    var uid: Int64 { rawValue }
    /// `category_uid`.
    var category: Int64 { rawValue / 1000 }

    /// The class's caption.
    var name: String {
      switch self {
      case .base: "Base Event"
      case .account: "Account Change"
      case .authentication: "Authentication"
      case .userAccess: "User Access Management"
      case .groups: "Group Management"
      case .lifecycle: "Application Lifecycle"
      case .datastore: "Datastore Activity"
      }
    }

    /// The category's caption.
    var categoryName: String {
      switch category {
      case 3: "Identity & Access Management"
      case 6: "Application Activity"
      default: "Uncategorized"
      }
    }
  }

  let group: Group
  /// `activity_id`.
  let id: Int64
  /// The activity's caption, or where the id is 99 what it is by our own word.
  let name: String
  /// What of the register it is about, or what was given or taken.
  let area: String

  private init(_ group: Group, _ id: Int64, _ name: String, area: String = "") {
    self.group = group
    self.id = id
    self.name = name
    self.area = area
  }

  /// An event of no class.
  static func other(_ name: String) -> OCSFAct { OCSFAct(.base, 99, name) }

  /// A command that was put aside for a second person: so far nothing is done but that somebody asked.
  static let request = OCSFAct(.datastore, 6, "Create", area: "approval")

  /// The act of a command; one that was refused is an act of the same class.
  init(verb: String) {
    if let known = Self.known[verb] {
      self = known
    } else {
      self = Self.datastore(verb)
    }
  }

  /// Who comes and goes, and who may do what.
  private static let known: [String: OCSFAct] = [
    "auth": OCSFAct(.authentication, 1, "Logon"),
    "session.end": OCSFAct(.authentication, 2, "Logoff"),
    "session.token": OCSFAct(.authentication, 99, "Session Token"),
    "session.password": OCSFAct(.account, 3, "Password Change"),
    "session.otp": OCSFAct(.account, 10, "MFA Factor Enable"),
    "user.add": OCSFAct(.account, 1, "Create"),
    "user.edit": OCSFAct(.account, 99, "Edit"),
    "user.disable": OCSFAct(.account, 5, "Disable"),
    "user.reset": OCSFAct(.account, 4, "Password Reset"),
    "user.unlock": OCSFAct(.account, 12, "Unlock"),
    "role.grant": OCSFAct(.userAccess, 1, "Assign Privileges", area: "job-role"),
    "role.revoke": OCSFAct(.userAccess, 2, "Revoke Privileges", area: "job-role"),
    "deputy.add": OCSFAct(.userAccess, 1, "Assign Privileges", area: "deputy"),
    "deputy.remove": OCSFAct(.userAccess, 2, "Revoke Privileges", area: "deputy"),
    "breakglass.take": OCSFAct(.userAccess, 1, "Assign Privileges", area: "break-glass"),
    "breakglass.end": OCSFAct(.userAccess, 2, "Revoke Privileges", area: "break-glass"),
    "quota.raise": OCSFAct(.userAccess, 1, "Assign Privileges", area: "quota"),
    "policy.set": OCSFAct(.groups, 99, "Set Policy", area: "policy"),
    "policy.accept": OCSFAct(.groups, 99, "Accept Policy", area: "policy"),
    "server.start": OCSFAct(.lifecycle, 3, "Start"),
    "server.stop": OCSFAct(.lifecycle, 4, "Stop"),
  ]

  /// Everything else reads or changes the register: its first word says where, its last word how.
  private static func datastore(_ verb: String) -> OCSFAct {
    let words = verb.split(separator: ".")
    let area = words.first.map { String($0) } ?? "register"
    let word = words.count > 1 ? words.last.map { String($0) } ?? "" : ""
    guard let (id, name) = activities[word] else {
      return OCSFAct(.datastore, 99, verb.isEmpty ? "Other" : verb, area: area)
    }
    return OCSFAct(.datastore, id, name, area: area)
  }

  private static let activities: [String: (Int64, String)] = [
    "show": (1, "Read"), "history": (1, "Read"), "accesses": (1, "Read"), "person": (1, "Read"),
    "viewers": (1, "Read"), "viewed": (1, "Read"), "export": (1, "Read"), "explain": (1, "Read"),
    "prove": (1, "Read"), "consistency": (1, "Read"), "checkpoint": (1, "Read"), "health": (1, "Read"),
    "settings": (1, "Read"), "summary": (1, "Read"),
    "edit": (2, "Update"), "mark": (2, "Update"), "inform": (2, "Update"), "reassign": (2, "Update"),
    "merge": (2, "Update"), "dispose": (2, "Update"), "sign": (2, "Update"), "give": (2, "Update"),
    "refuse": (2, "Update"), "review": (2, "Update"),
    "find": (4, "Query"), "count": (4, "Query"), "hash": (4, "Query"), "anomalies": (4, "Query"),
    "import": (5, "Write"), "add": (6, "Create"), "remove": (7, "Delete"), "erase": (7, "Delete"), "list": (8, "List"),
    "rotate": (9, "Encrypt"),
  ]
}
