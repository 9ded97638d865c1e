package import PoolingCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Names become addresses here and not in a client library, which would block the thread for as long as the resolver likes
/// (F23).
/// Each connect asks anew.
package enum Resolution {
    /// Every address of a host, in digits and in the order in which they are to be tried. What is in digits already is not
    /// asked for.
    /// - Throws: ``SQLError`` of kind `.cannotOpen`; `CancellationError`.
    package static nonisolated(nonsending) func addresses(
        of host: String, until deadline: MonotonicInstant
    ) async throws -> [String] {
        do {
            return try await OffPool.run(on: OffPool.resolver, until: deadline) { try look(up: host) }
        } catch is OffPool.DeadlinePassed {
            throw SQLError(
                .cannotOpen, "the name of host '\(host)' was not resolved in time; is the name server reachable?")
        }
    }

    /// Blocks.
    private static func look(up host: String) throws -> [String] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
            hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &first)
        guard code == 0 else {
            throw SQLError(
                .cannotOpen, "the name of host '\(host)' can't be resolved: \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(first) }
        var found: [String] = []
        var next = first
        while let entry = next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let failure = getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            let address = text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
            if failure == 0, !found.contains(address) { found.append(address) }
            next = entry.pointee.ai_next
        }
        return found
    }
}
