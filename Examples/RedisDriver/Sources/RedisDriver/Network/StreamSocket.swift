import PoolingCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A connected socket that never blocks, and its place among the event loops.
final class StreamSocket: Sendable {
    /// What a system call has refused.
    struct Failure: Error {
        var errno: CInt
        var reason: String { String(cString: strerror(errno)) }
    }

    #if canImport(Glibc)
        static let kind = CInt(SOCK_STREAM.rawValue)
    #else
        static let kind = SOCK_STREAM
    #endif

    let events: EventSocket
    private let isClosed = Atomic<Bool>(false)

    private init(_ descriptor: CInt) { events = EventSocket(descriptor) }

    /// One that was not closed left its pool and was let go of.
    deinit { close() }

    /// Nobody may be using it. Once is enough.
    func close() {
        if isClosed.exchange(true, ordering: .acquiringAndReleasing) { return }
        events.close()
        _ = closeDescriptor(events.descriptor)
    }

    /// - Throws: ``Failure``, `SocketWaitError`, `CancellationError`; nothing is left open then.
    static func connect(to address: Address, until deadline: ContinuousClock.Instant) async throws -> StreamSocket {
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else { throw Failure(errno: errno) }
        prepare(descriptor, family: address.family)
        let failure = address.withSockaddr { systemConnect(descriptor, $0, $1) == 0 ? 0 : errno }
        // From here on it closes itself. Not before: a socket that has not begun to connect counts as hung up.
        let stream = StreamSocket(descriptor)
        if failure == 0 { return stream }
        guard failure == EINPROGRESS else { throw Failure(errno: failure) }
        _ = try await stream.events.wait(for: .writable, until: deadline)
        var code: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0, code == 0 else {
            throw Failure(errno: code == 0 ? errno : code)
        }
        return stream
    }

    private static func prepare(_ descriptor: CInt, family: CInt) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var yes: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        if family != AF_UNIX {
            setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, size)
            // Tells, within hours, of a peer that has vanished while nobody asked it anything.
            setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &yes, size)
        }
        #if canImport(Darwin)
            setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, size)
        #endif
    }

    /// - Returns: how many bytes the system has taken; 0: there is no room now.
    func send(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Int {
        #if canImport(Darwin)
            let flags: CInt = 0
        #else
            let flags = CInt(MSG_NOSIGNAL)
        #endif
        while true {
            let count = bytes.withUnsafeBytes { systemSend(events.descriptor, $0.baseAddress, $0.count, flags) }
            if count >= 0 { return count }
            if errno == EAGAIN || errno == EWOULDBLOCK { return 0 }
            if errno != EINTR { throw Failure(errno: errno) }
        }
    }

    /// - Returns: how many bytes were there; 0: the other side has closed; nil: there are none now.
    func receive(into buffer: inout [UInt8]) throws(Failure) -> Int? {
        while true {
            let count = buffer.withUnsafeMutableBytes { recv(events.descriptor, $0.baseAddress, $0.count, 0) }
            if count >= 0 { return count }
            if errno == EAGAIN || errno == EWOULDBLOCK { return nil }
            if errno != EINTR { throw Failure(errno: errno) }
        }
    }
}

// The system's names are this class's, too.
private func closeDescriptor(_ descriptor: CInt) -> CInt { close(descriptor) }

private func systemConnect(_ descriptor: CInt, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t) -> CInt {
    connect(descriptor, address, length)
}

private func systemSend(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: CInt) -> Int {
    send(descriptor, bytes, count, flags)
}
