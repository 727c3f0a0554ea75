import Model

/// The bounds of one session (PROTOCOL.md section 4), and how much of it may lie in memory.
struct SessionLimits: Sendable {
  /// A line before authentication.
  var lineBeforeAuthBytes = Limits.lineBeforeAuthBytesMax
  /// A line after it.
  var lineBytes = Limits.lineBytesMax
  /// Commands under way.
  var inflight = Limits.inflightMax
  /// Rows of a command before it waits for credit.
  var creditRows = Limits.creditRows
  /// Credit that a command can save up.
  var creditRowsMax = Limits.creditRowsMax
  /// A silent session's life.
  var idleSeconds = Limits.idleSeconds
  /// From connecting to authenticated.
  var authTotalSeconds = Limits.authTotalSeconds
  /// Failed tries.
  var authTries = Limits.authTriesMax
  /// Lines before authentication that are no feeds.
  var authCommands = Limits.authCommandsMax
  /// How long a client may take nothing of what it is sent.
  var stalledWriteSeconds = Limits.stalledWriteSeconds
  /// Output from which on nothing more is read from the client and rows wait.
  var outputHighBytes = 256 * 1024
  /// Output below which they go on.
  var outputLowBytes = 64 * 1024
  /// Bulk input of one command that waits to be taken; from there on nothing more is read.
  var feedQueueBytes = 1024 * 1024
  /// The same while the command itself waits for credit, which comes behind its input: beyond it the command ends.
  var feedQueueBytesMax = 8 * 1024 * 1024

  /// The bounds of PROTOCOL.md.
  init() {}
}
