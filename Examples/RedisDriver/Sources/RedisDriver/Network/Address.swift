import PoolingCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A socket's address, as the system has it.
struct Address: Sendable {
    let family: CInt
    private let bytes: [UInt8]

    /// A unix socket.
    /// - Throws: if the path does not fit, for which there are about a hundred bytes.
    init(path: String) throws(RedisError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard path.utf8.count <= room, !path.utf8.contains(0) else {
            throw RedisError(.misuse, "the path of the unix socket is longer than the system's \(room) bytes")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        family = AF_UNIX
        bytes = withUnsafeBytes(of: address) { Array($0) }
    }

    private init(_ found: addrinfo) {
        family = found.ai_family
        bytes = Array(UnsafeRawBufferPointer(start: found.ai_addr, count: Int(found.ai_addrlen)))
    }

    func withSockaddr<R>(_ body: (UnsafePointer<sockaddr>?, socklen_t) -> R) -> R {
        bytes.withUnsafeBytes { body($0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count)) }
    }

    // MARK: Names

    /// The resolver can't be interrupted: it blocks threads of its own, a few at most.
    private static let resolver = BlockingExecutor(name: "redis-resolve", threads: 8)

    /// Every address of a host, in the resolver's order. Returns when the task is cancelled or the time is up, too; the
    /// resolver is left behind then (F23).
    static func addresses(
        of host: String, port: Int, until deadline: ContinuousClock.Instant
    ) async throws -> [Address] {
        let (answers, answer) = AsyncStream.makeStream(
            of: Result<[Address], RedisError>.self, bufferingPolicy: .bufferingOldest(1))
        Task.detached {
            guard let found = try? await resolver.run({ lookUp(host, port) }) else { return }
            answer.yield(found)
        }
        let clock = Task.detached {
            try await Task.sleep(until: deadline)
            answer.yield(
                .failure(RedisError(.cannotConnect, "the name of host '\(host)' was not resolved in time")))
        }
        defer { clock.cancel() }
        for await first in answers { return try first.get() }
        throw CancellationError()
    }

    /// Blocks.
    private static func lookUp(_ host: String, _ port: Int) -> Result<[Address], RedisError> {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = StreamSocket.kind
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, "\(port)", &hints, &first)
        guard code == 0 else {
            let reason = String(cString: gai_strerror(code))
            return .failure(RedisError(.cannotConnect, "the name of host '\(host)' can't be resolved: \(reason)"))
        }
        defer { freeaddrinfo(first) }
        var found: [Address] = []
        var next = first
        while let entry = next {
            found.append(Address(entry.pointee))
            next = entry.pointee.ai_next
        }
        return .success(found)
    }
}
