import Custody
import Model
import Wire

/// Tells sessions on this server what a change of the rules means for them; every server does so for its own.
enum AccessEvents {
  static func tell(_ sessions: Sessions, _ old: AccessRules, _ new: AccessRules) {
    let policy = Policy(rules: new)
    for approval in new.approvals.values where old.approvals[approval.id]?.state != approval.state {
      let event: JSONObject = [
        "event": "approval", "id": .string(approval.id.description), "verb": .string(approval.verb),
        "state": .string(approval.state.name),
      ]
      let users = approval.state == .waiting ? policy.approvers(of: approval) : [approval.requester]
      for user in users { sessions.notify(user, event) }
      // Whose account it is hears of it too.
      if approval.state == .executed, let concerned = approval.barred { sessions.notify(concerned, event) }
    }
    for glass in new.breakGlasses.values where old.breakGlasses[glass.id] == nil {
      let event: JSONObject = [
        "event": "breakglass", "id": .string(glass.id.description),
        "user": .text(new.employees[glass.user]?.name), "until": .string(glass.until.description),
      ]
      for employee in new.employees.values where employee.roles.contains(.privacyOfficer) {
        sessions.notify(employee.id, event)
      }
    }
  }
}

/// What there is to tell an employee who logs in: requests to decide, wider reads to review, a password that was reset.
struct AccessNotices: LoginNotices {
  let custody: Custody

  func notices(for user: UserID) async -> [LoginNotice] {
    let rules = custody.currentRules
    let policy = Policy(rules: rules)
    let now = Instant.now()
    var notices: [LoginNotice] = []
    let waiting = rules.approvals.values.count {
      $0.state == .waiting && $0.isOpen(at: now) && policy.refusalToApprove($0, by: user) == nil
    }
    if waiting > 0 { notices.append(Self.waiting(waiting)) }
    if rules.employees[user]?.roles.contains(.privacyOfficer) == true {
      let open = rules.breakGlasses.values.filter { $0.verdict == .none }
      let overdue = open.count { $0.dueAt <= now }
      if open.count > overdue { notices.append(Self.open(open.count - overdue)) }
      if overdue > 0 { notices.append(Self.overdue(overdue)) }
    }
    for approval in rules.approvals.values where Self.concerns(approval, user, now) {
      notices.append(Self.changed(approval, rules))
    }
    return notices
  }

  private static let toldDays: Int64 = 7

  /// Whether one's own account was lately changed with a second person's approval.
  private static func concerns(_ approval: Approval, _ user: UserID, _ now: Instant) -> Bool {
    guard approval.state == .executed, approval.barred == user, let decided = approval.decidedAt else { return false }
    return approval.action != .breakGlassReview && decided > now.adding(seconds: -toldDays * 86_400)
  }

  private static func changed(_ approval: Approval, _ rules: AccessRules) -> LoginNotice {
    let (asked, agreed) = (
      rules.employees[approval.requester]?.name, approval.approver.flatMap { rules.employees[$0]?.name }
    )
    let who = [asked, agreed].compactMap { $0 }.joined(separator: " + ")
    let at = approval.decidedAt?.description ?? ""
    return LoginNotice(
      kind: approval.verb == "user.reset" ? "password-reset" : "account-changed", count: 1,
      message: Text(
        en: "Your account was changed: \(approval.verb), \(who), \(at)",
        fi: "Käyttäjätiliäsi muutettiin: \(approval.verb), \(who), \(at)",
        sv: "Ditt konto ändrades: \(approval.verb), \(who), \(at)"))
  }

  private static func waiting(_ count: Int) -> LoginNotice {
    LoginNotice(
      kind: "approvals-waiting", count: count,
      message: Text(
        en: "\(count) waiting for your approval: approval.list", fi: "\(count) odottaa hyväksyntääsi: approval.list",
        sv: "\(count) väntar på ditt godkännande: approval.list"))
  }

  private static func open(_ count: Int) -> LoginNotice {
    LoginNotice(
      kind: "breakglass-open", count: count,
      message: Text(
        en: "\(count) break-glass to review: breakglass.list open",
        fi: "\(count) laajempaa lukuoikeutta tarkastettavana: breakglass.list open",
        sv: "\(count) vidare läsrätter att granska: breakglass.list open"))
  }

  private static func overdue(_ count: Int) -> LoginNotice {
    LoginNotice(
      kind: "breakglass-overdue", count: count,
      message: Text(
        en: "\(count) break-glass reviews are overdue: breakglass.list open",
        fi: "\(count) laajemman lukuoikeuden tarkastus on myöhässä: breakglass.list open",
        sv: "\(count) granskningar av vidare läsrätt är försenade: breakglass.list open"))
  }
}
