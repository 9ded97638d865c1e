/// What a backend says of itself and of the session that asks: what `pooling check` holds the configuration against.
/// nil: it has no such thing, or does not tell.
public struct BackendFacts: Sendable {
    /// "TLSv1.3, AES_256_GCM"; nil: the session is not encrypted.
    public var encryption: String?
    /// Whether it is reached through a network at all; false: a file, a unix socket.
    public var isRemote = true
    /// Sessions that it has room for, those of administrators included.
    public var maxConnections: Int?
    /// Those of them that others may not use.
    public var reservedConnections: Int?
    /// Sessions at this moment, this one included.
    public var connectionsInUse: Int?
    /// The backend ends a session that does nothing for longer.
    public var idleTimeout: Duration?
    /// Prepared statements of all sessions together.
    public var maxPreparedStatements: Int?
    /// What else is worth a line: name and value.
    public var settings: [(name: String, value: String)] = []

    public init() {}
}
