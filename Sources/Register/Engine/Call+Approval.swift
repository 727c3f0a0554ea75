import Custody
import Model
import Wire

extension Call {
  /// Puts the command aside for a second person, and answers so.
  ///
  /// Rules that change meanwhile are its own to cope with: what was fed to the command would not come again.
  func putAside(_ needed: ApprovalNeeded) async throws -> Reply.Final {
    for _ in 0..<5 {
      do {
        return try await request(needed)
      } catch is StaleEpoch {
        try await custody.reloadRules()
      }
    }
    return try await request(needed)
  }

  private func request(_ needed: ApprovalNeeded) async throws -> Reply.Final {
    let parameters = asked.parameters.filter { $0.name != "once" }.map { (name: $0.name, value: $0.value) }
    let request = ApprovalRequest(context, parameters: parameters, showing: needed.showing, input: needed.input)
    let written = try await custody.requestApproval(
      try permitAgain(), request, digest: asked.digest(context), needed, once: once)
    await takeRules()
    var object = written.answer.object
    object["msg"] = words(spec.approval.delivery == .given ? ApprovalWords.waits : ApprovalWords.sendAgain)
    return Reply.done(object, code: written.answer.code, written.receipt)
  }

  /// Agrees to a request that its requester sends again, or refuses one, and answers so.
  func decide(_ id: ID<Approval>, agrees: Bool, _ permit: consuming Permit) async throws -> Reply.Final {
    let written = try await custody.decideApproval(permit, id, agrees: agrees, once: once)
    await takeRules()
    return await answer(written)
  }

  /// Runs a request that a second person agrees to in this very moment, on behalf of who asked for it.
  ///
  /// It is decided anew: the requester must still be allowed to do it, and the agreement is used up in its transaction.
  ///
  /// - Parameter keeping: What is kept of its answer under the key of who agrees.
  func execute(
    _ approval: Approval, _ request: ApprovalRequest, port: any ReplyPort,
    keeping: @escaping @Sendable (Custody.Answer) -> Custody.Answer
  ) async throws -> Reply.Final {
    guard let type = Catalogue.find(request.verb), let requester = custody.currentRules.employees[approval.requester]
    else { throw RegisterError.deniedApproval }
    let principal = Principal(
      user: requester.id, name: requester.name, session: request.session, address: request.address)
    let use = ApprovalUse(
      id: approval.id, digest: Array(approval.digest.prefix(ApprovalUse.digestBytes)),
      giver: context.principal.user)
    let inner = CommandContext(
      principal: principal, verb: request.verb, request: context.request, purpose: request.purpose,
      caseReference: request.caseReference, language: context.language, deadline: context.deadline, approval: use)
    let parameters = request.parameters.map { Parameter(name: $0.name, value: $0.value) }
    var once = once
    once?.user = context.principal.user
    once?.keeping = keeping
    let call = Call(
      context: inner, port: port, services: services, spec: type.spec, once: once,
      asked: AskedCommand(parameters: parameters, requestKey: asked.requestKey), approvedInput: request.input)
    let permit = try call.permitAgain()
    var arguments = Arguments(parameters)
    do {
      return try await type.init(&arguments).run(call, permit)
    } catch is ApprovalNeeded {
      throw RegisterError.deniedApproval
    }
  }
}

/// Keeps an executed command's rows until it is known how it ended.
actor HeldRows: ReplyPort {
  private(set) var rows: [Reply.Row] = []

  func send(_ row: Reply.Row) async throws { rows.append(row) }

  func room() async throws -> Int { Int.max }

  func progress(done: Int, total: Int?) async throws {}

  func nextFeed() async throws -> JSON? { nil }

  /// Nobody is there to be asked: who agrees answers for nothing but the request itself.
  func ask(_ need: JSONObject) async throws -> JSON { throw RegisterError.deniedApproval }

  func apply(_ change: SessionChange) async {}
}

/// Texts about second persons.
enum ApprovalWords {
  static let waits = Text(
    en: "This waits for a second person, who has it carried out.",
    fi: "Tämä odottaa toista henkilöä, joka panee sen toimeen.",
    sv: "Detta väntar på en andra person som låter utföra det.")
  static let sendAgain = Text(
    en: "This waits for a second person; once they agree, send the same again with approval=ID.",
    fi: "Tämä odottaa toista henkilöä; kun hän on hyväksynyt, lähetä sama uudelleen lisäten approval=TUNNISTE.",
    sv: "Detta väntar på en andra person; skicka samma igen med approval=ID när hen har godkänt.")
  static let id = Text(en: "the request's id", fi: "pyynnön tunniste", sv: "begärans id")
}
