/// What a ``FaultProxy`` does to the connections that go through it. Without any, it passes everything on at once.
public struct ProxyFaults: Sendable, Hashable {
    /// What happens to one direction of a connection.
    public struct Direction: Sendable, Hashable {
        /// Between the arrival of a byte and its departure.
        public var latency: Duration
        /// nil: as fast as it goes.
        public var bytesPerSecond: Int?
        /// Bytes leave in pieces of random sizes from 1 to this, each sent by itself. nil: as they have come.
        public var largestPiece: Int?
        /// After so many further bytes the connection is reset on both sides; 0: instead of passing on the next one.
        /// Counted for each connection from the moment that this is set, or from its begin.
        public var cutAfter: Int?
        /// Bytes, and the news that one side has closed, are kept until this is false again.
        public var isHeld: Bool

        public init(
            latency: Duration = .zero, bytesPerSecond: Int? = nil, largestPiece: Int? = nil, cutAfter: Int? = nil,
            isHeld: Bool = false
        ) {
            self.latency = latency
            self.bytesPerSecond = bytesPerSecond
            self.largestPiece = largestPiece
            self.cutAfter = cutAfter
            self.isHeld = isHeld
        }
    }

    /// From the client to the server: requests.
    public var toServer: Direction
    /// From the server to the client: responses.
    public var toClient: Direction
    /// Nothing gets through in either direction, and nobody is told: what a lost path looks like. Connections are
    /// accepted and their bytes kept; when this is false again, they go on.
    public var isBlackhole: Bool
    /// Nobody accepts, and the queue of those who wait is full: connecting does not end.
    public var isDeaf: Bool

    public init(
        toServer: Direction = Direction(), toClient: Direction = Direction(), isBlackhole: Bool = false,
        isDeaf: Bool = false
    ) {
        self.toServer = toServer
        self.toClient = toClient
        self.isBlackhole = isBlackhole
        self.isDeaf = isDeaf
    }
}
