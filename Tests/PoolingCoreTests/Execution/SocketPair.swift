import PoolingCore
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Two connected sockets, non-blocking, the first of which is known to event loops.
final class SocketPair: Sendable {
    let near: EventSocket
    let far: CInt

    init() throws {
        var descriptors: [CInt] = [-1, -1]
        #if canImport(Glibc)
            let kind = CInt(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        try #require(socketpair(AF_UNIX, kind, 0, &descriptors) == 0)
        for descriptor in descriptors { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        near = EventSocket(descriptors[0])
        far = descriptors[1]
    }

    deinit {
        near.close()
        _ = close(near.descriptor)
        _ = close(far)
    }

    func send(_ count: Int = 1) {
        let bytes = [UInt8](repeating: 7, count: count)
        _ = write(far, bytes, count)
    }

    /// - Returns: how many bytes there were.
    @discardableResult func receive(_ most: Int = 1 << 16) -> Int {
        var bytes = [UInt8](repeating: 0, count: most)
        return max(read(near.descriptor, &bytes, most), 0)
    }

    /// Sends until the system takes no more.
    func fill() {
        let bytes = [UInt8](repeating: 7, count: 1 << 16)
        while write(near.descriptor, bytes, bytes.count) > 0 {}
    }

    func drainFar() {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while read(far, &bytes, bytes.count) > 0 {}
    }

    func hangUp() { _ = shutdown(far, CInt(SHUT_WR)) }
}

/// The code of the `SocketWaitError` that `body` throws; nil if it throws none.
func waitError(_ body: () async throws -> Void) async throws -> SocketWaitError.Code? {
    do {
        try await body()
        return nil
    } catch let error as SocketWaitError {
        return error.code
    }
}
