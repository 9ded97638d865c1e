/// What a benchmark's clients do, over and over.
public enum Workload: String, Sendable, Hashable, CaseIterable {
    /// One row of 100 000 by primary key.
    case pointSelect = "point-select"
    /// One row added.
    case insert
    /// Nine of ten operations read one row, the tenth changes one; each in a transaction of its own.
    case readWrite = "read-write"
    /// Nothing: what it takes to have a connection.
    case acquire
    /// What it takes to have a connection that was just proved to work, by a round trip.
    case connect
}

/// How a client comes by its connection.
public enum ConnectionMode: String, Sendable, Hashable, CaseIterable {
    /// From the pool, for each operation.
    case pooled
    /// Its own for the whole run, used in the same way on the same executor: what is missing is the pool.
    case dedicated
    /// Opened and closed for each operation.
    case unpooled
}

/// Where the tasks of the clients live.
public enum ClientExecutor: String, Sendable, Hashable, CaseIterable {
    /// On the executor that the driver has for them.
    case driver
    /// On Swift's default one.
    case `default`
}
