internal import PoolingCore
internal import PoolingSQL

/// A session that listens to channels, outside of every pool (F54).
///
///     let listener = try await pool.listener()
///     try await listener.listen(to: "orders")
///     for try await notification in listener.notifications { … }
///
/// It counts in no pool's `max` and holds up no pool's shutdown. One that a pool has made ends with that pool, and every
/// one ends with ``close()`` or with its last reference: the sequence is over then. When its connection is lost, the
/// sequence throws, and whatever is sent from then on is missed: make another one, listen again, and read anew what the
/// notifications are about.
///
/// Notifications that nobody has read yet are kept up to a limit. Beyond it the oldest ones are dropped, and the next one
/// that is read tells how many (``PostgresNotification/dropped``). The server is never made to wait.
///
/// Its calls may come from any task, and are done one after the other. Behind a PgBouncer that pools transactions there
/// is no session that could listen: connect to the server itself.
public final class PostgresListener: Sendable {
    let buffer: NotificationBuffer
    private let loop: ListeningLoop

    /// Opens a session of its own.
    ///
    /// - Parameters:
    ///   - driver: where to connect, as whom, and how long that and each call may take (`statementTimeLimit`; 10 s
    ///     without one).
    ///   - bufferLimit: how many notifications are kept that nobody has read.
    ///   - checkInterval: how long a silent server is taken to be there; then it is asked. Also the longest that the loss
    ///     of a path goes unnoticed on which nobody says anything.
    /// - Throws: what ``Postgres/connect()`` throws.
    public convenience init(
        _ driver: Postgres, bufferLimit: Int = 1024, checkInterval: Duration = .seconds(60)
    ) async throws {
        try driver.requireSession()
        self.init(try await driver.connect(), bufferLimit: bufferLimit, checkInterval: checkInterval)
    }

    /// Takes the connection over, and closes it.
    init(_ connection: PGConnection, bufferLimit: Int, checkInterval: Duration) {
        buffer = NotificationBuffer(limit: bufferLimit)
        loop = ListeningLoop(connection, buffer, checkInterval: checkInterval)
        loop.start()
    }

    deinit { loop.end() }

    /// What the channels have brought that are listened to. Reading keeps the listener going.
    public var notifications: PostgresNotifications { PostgresNotifications(listener: self) }

    /// Listens to a channel from now on. Twice is once.
    /// - Parameter channel: as it is, and not quoted; up to 63 bytes.
    /// - Throws: ``PoolingSQL/SQLError``, `CancellationError`.
    public nonisolated(nonsending) func listen(to channel: String) async throws {
        try await loop.execute(.text("LISTEN \(try Self.quoted(channel))"))
    }

    /// Listens to a channel no more; nil: to none.
    /// - Throws: ``PoolingSQL/SQLError``, `CancellationError`.
    public nonisolated(nonsending) func unlisten(from channel: String?) async throws {
        try await loop.execute(.text("UNLISTEN \(try channel.map(Self.quoted) ?? "*")"))
    }

    /// Sends a notification to all who listen to a channel, this listener among them.
    /// - Parameter payload: less than 8000 bytes.
    /// - Throws: ``PoolingSQL/SQLError``, `CancellationError`.
    public nonisolated(nonsending) func notify(_ channel: String, payload: String = "") async throws {
        _ = try Self.quoted(channel)
        try await loop.execute(.query("SELECT pg_catalog.pg_notify(\(channel)::text, \(payload)::text)"))
    }

    /// Ends it, and returns when its connection is closed. What was kept can still be read. Once is enough.
    public nonisolated(nonsending) func close() async {
        loop.end()
        await loop.hasEnded()
    }

    /// For the pool that it ends with.
    func whenOver(_ body: @escaping @Sendable () -> Void) { loop.whenOver(body) }
    var end: @Sendable () -> Void { { [weak loop] in loop?.end() } }

    /// A channel's name as a statement has it.
    private static func quoted(_ channel: String) throws -> String {
        // The server would cut a longer one, and listen to another channel than the one that was meant.
        guard !channel.isEmpty, channel.utf8.count <= 63, !channel.utf8.contains(0) else {
            throw SQLError(.syntax, "a channel's name has from 1 to 63 bytes and no U+0000; nothing was sent")
        }
        return SQLQuery("\(identifier: channel)").text(in: Postgres.dialect)
    }
}

extension Postgres {
    /// Nobody can listen where the session belongs to whoever comes next.
    func requireSession() throws {
        if configuration.pooler == .transactions {
            throw SQLError(
                .other,
                "a listener needs a session of its own, which a pooler of transactions does not give: connect to the server "
                    + "itself")
        }
    }
}
