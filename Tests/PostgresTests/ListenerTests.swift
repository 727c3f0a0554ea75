import Testing

@testable import Postgres

@Suite struct ListenerTests {
  @Test func notificationsComeAlsoAfterTheConnectionBroke() async throws {
    let configuration = try await TestServer.database()
    let connection = try await Connection.connect(configuration)
    let listener = Listener(configuration: configuration, channels: ["one", "Two words"])
    var events = listener.events.makeAsyncIterator()
    #expect(await events.next() == .reconnected)
    _ = try await connection.run(["SELECT pg_notify('one', 'a')", "NOTIFY \(identifier: "Two words"), 'b'"])
    #expect(await events.next() == .notification(channel: "one", payload: "a"))
    #expect(await events.next() == .notification(channel: "Two words", payload: "b"))
    _ = try await connection.query(
      """
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
      """)
    #expect(await events.next() == .reconnected)
    _ = try await connection.query("SELECT pg_notify('one', 'c')")
    #expect(await events.next() == .notification(channel: "one", payload: "c"))
    await listener.close()
    #expect(await events.next() == nil)
    await connection.close()
  }
}
