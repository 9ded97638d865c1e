/// Why a wait for a socket ended without the socket being ready. A cancelled one throws `CancellationError`.
public struct SocketWaitError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        fileprivate enum Kind: Hashable { case deadlinePassed, alreadyWaiting, closed, refused }
        fileprivate let kind: Kind

        /// The deadline came first.
        public static let deadlinePassed = Code(kind: .deadlinePassed)
        /// Somebody waits for this socket already: one exchange at a time.
        public static let alreadyWaiting = Code(kind: .alreadyWaiting)
        /// ``EventSocket/close()`` was called.
        public static let closed = Code(kind: .closed)
        /// The system does not watch this descriptor; ``SocketWaitError/errno`` says why.
        public static let refused = Code(kind: .refused)
    }

    public var code: Code
    /// The system's reason, if it refused; else 0.
    public var errno: Int32

    public init(_ code: Code, errno: Int32 = 0) {
        self.code = code
        self.errno = errno
    }

    public var description: String {
        switch code.kind {
        case .deadlinePassed: "the socket was not ready before the deadline"
        case .alreadyWaiting: "another task waits for this socket; one task uses it at a time"
        case .closed: "the socket was closed while it was waited for"
        case .refused: "the system refuses to watch the socket (errno \(errno)); it may be closed, or no socket"
        }
    }
}
