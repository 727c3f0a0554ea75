import Model
import Wire

/// Every command of the register, a line each.
public enum Catalogue {
  /// The commands, in the order in which help shows them.
  public static let commands: [any RegisterCommand.Type] = [
    // Session
    Whoami.self, Use.self, Watch.self, SessionList.self, SessionEnd.self, SessionToken.self, SessionOtp.self,
    SessionPassword.self,
    // Organisations
    OrganisationAdd.self, OrganisationShow.self, OrganisationEdit.self, OrganisationFind.self, OrganisationList.self,
    // Persons
    PersonAdd.self, PersonShow.self, PersonFind.self, PersonList.self, PersonEdit.self, PersonContactAdd.self,
    PersonContactRemove.self, PersonAffiliationAdd.self, PersonAffiliationRemove.self, PersonMark.self,
    PersonInform.self, PersonHistory.self, PersonImport.self, PersonMerge.self, PersonExport.self,
    CustomerReassign.self,
    // Access
    UserAdd.self, UserEdit.self, UserDisable.self, UserList.self, UserReset.self, UserUnlock.self, RoleList.self,
    RoleShow.self, RoleGrant.self, RoleRevoke.self, DeputyAdd.self, DeputyRemove.self, DeputyList.self,
    PolicyShow.self, PolicySet.self, PolicyExplain.self, PolicyAccept.self, ApprovalList.self, ApprovalShow.self,
    ApprovalGive.self,
    ApprovalRefuse.self, BreakGlassTake.self, BreakGlassEnd.self, BreakGlassList.self, BreakGlassReview.self,
    QuotaRaise.self,
    // Log
    LogFind.self, LogShow.self, LogCount.self, LogHash.self,
    LogPerson.self, LogViewers.self, LogViewed.self, PersonAccesses.self, LogCheckpoint.self, LogProve.self,
    LogConsistency.self,
    LogExport.self,
    LogAnomalies.self, LogAnomalyDispose.self, LogAnomalySign.self, LogAnomalySummary.self, LogAnomalySettings.self,
    // Operation
    ServerHealth.self, ServerSettingsShow.self, KeysVerify.self, KeysRotate.self,
  ]

  private static let byVerb = Dictionary(uniqueKeysWithValues: commands.map { ($0.spec.verb, $0) })

  /// The command of a verb.
  public static func find(_ verb: String) -> (any RegisterCommand.Type)? { byVerb[verb] }
}
