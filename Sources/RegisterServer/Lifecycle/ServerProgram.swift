import Glibc
import Logging
import Register

/// What the program `rekisterid` does, a function a subcommand; each returns the exit status.
public enum ServerProgram {
  /// What must be in place before any thread is made; to be called first.
  public static func prepare() {
    Hardening.apply()
    StopSignal.take()
    LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
  }

  /// Serves as the settings of a file say, until a signal asks it to stop.
  ///
  /// - Parameter reviewsRules: Whether to start also where stored rules do not verify, for their review only.
  public static func serve(configurationFile: String, reviewsRules: Bool = false) async -> Int32 {
    await untilStopped { running in
      try await ProductionServer(file: configurationFile, running: running, reviewsRules: reviewsRules).start()
    }
  }

  /// Serves from one folder with an embedded PostgreSQL and, at its first start, a demonstration register.
  public static func dev(_ options: DevelopmentOptions) async -> Int32 {
    await untilStopped { running in
      try await DevelopmentServer(options, running: running).start()
    }
  }

  /// Brings the database's schema up to date, as its owner.
  public static func migrate(configurationFile: String) async -> Int32 {
    await once {
      let applied = try await ProductionSetup(file: configurationFile).migrate()
      Console.note(applied.isEmpty ? "the schema is up to date" : "applied \(applied.count) migrations")
    }
  }

  /// Makes the first state of a register: its policy and two administrators.
  ///
  /// - Parameters:
  ///   - createsKeys: Whether to make the master key file and the key store where they are missing.
  ///   - passwordFile: A line `name:password` for each administrator; asked for on the terminal where nil.
  public static func initialise(configurationFile: String, createsKeys: Bool, passwordFile: String?) async -> Int32 {
    await once {
      try await ProductionSetup(file: configurationFile).initialise(
        createsKeys: createsKeys, passwordFile: passwordFile)
    }
  }

  /// Begins a new origin of the log, which goes on from the newest checkpoint kept outside.
  public static func continueLog(configurationFile: String, origin: String?) async -> Int32 {
    await once { try ProductionSetup(file: configurationFile).continueLog(as: origin) }
  }

  /// The same for the folder of `dev`.
  public static func continueLog(data: String, origin: String?) async -> Int32 {
    await once {
      let folder = try DataFolder.existing(data)
      close(try FolderLock.take(folder.path))
      let name = try LogKeyFiles(key: folder.logKey).continueLog(as: origin, copies: [folder.checkpoints])
      Console.note("the log goes on as \(name) at the next start")
    }
  }

  /// Looks whether everything is in order, a line for each thing; 1 where anything is not.
  public static func check(configurationFile: String) async -> Int32 {
    await ServerCheck.run(configurationFile: configurationFile)
  }

  /// The same for the folder of `dev`.
  public static func check(data: String) async -> Int32 { await ServerCheck.run(data: data) }

  private static func once(_ body: () async throws -> Void) async -> Int32 {
    do {
      try await body()
      return 0
    } catch {
      Console.fault(error)
      return 1
    }
  }

  /// Runs until a signal comes or starting fails; then stops everything.
  private static func untilStopped(_ start: @escaping @Sendable (RunningServer) async throws -> Void) async -> Int32 {
    let running = RunningServer()
    // True: a signal came. False: it could not start.
    let (ends, end) = AsyncStream.makeStream(of: Bool.self)
    StopSignal.whenReceived { end.yield(true) }
    let starting = Task {
      do {
        try await start(running)
      } catch is CancellationError {
        end.yield(true)
      } catch {
        Console.fault(error)
        end.yield(false)
      }
    }
    var isGood = true
    for await isAsked in ends {
      isGood = isAsked
      break
    }
    starting.cancel()
    await running.stop()
    await starting.value
    await running.stop()
    return isGood ? 0 : 1
  }
}
