import Wire

/// What arrives for one command.
enum Arrival: Sendable, Equatable {
  case row(ServerValue)
  case progress(JSON)
  case need(JSON)
  case final(CommandResult)
}

/// What a line from the server says, and to whom.
enum Message: Sendable, Equatable {
  case arrival(tag: String, Arrival)
  case event(JSON)
  /// A final line with the tag `-`: the server could not read a line of ours.
  case refusal(CommandResult)
}
