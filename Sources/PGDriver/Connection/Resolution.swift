internal import PoolingCore
internal import PoolingSQL

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// One place to try: a host with one of its addresses.
struct Target: Sendable, Hashable {
    /// A name, the folder of a unix socket, or empty.
    var host: String
    /// The address in digits; empty where `host` is a folder.
    var address: String
    var port: String
}

/// Names become addresses here and not in libpq, which would block the thread for as long as the resolver likes (F23).
/// Each connect asks anew.
enum Resolution {
    /// Every address of every host, in their order.
    /// - Throws: ``SQLError`` of kind `.cannotOpen`; `CancellationError`.
    static nonisolated(nonsending) func targets(
        of keywords: [(keyword: String, value: String)], until deadline: MonotonicInstant
    ) async throws -> [Target] {
        let hosts = list("host", in: keywords)
        let addresses = list("hostaddr", in: keywords)
        let ports = list("port", in: keywords)
        let count = max(hosts.count, addresses.count, 1)
        var targets: [Target] = []
        var failure: SQLError?
        for index in 0..<count {
            let host = index < hosts.count ? hosts[index] : ""
            let address = index < addresses.count ? addresses[index] : ""
            let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
            if !address.isEmpty || host.isEmpty || isFolder(host) {
                targets.append(Target(host: host, address: address, port: port))
                continue
            }
            do {
                let found = try await OffPool.run(on: OffPool.resolver, until: deadline) { try look(up: host) }
                targets += found.map { Target(host: host, address: $0, port: port) }
            } catch let error as SQLError {
                failure = error
            } catch is OffPool.DeadlinePassed {
                failure = SQLError(
                    .cannotOpen, "the name of host '\(host)' was not resolved in time; is the name server reachable?")
                break
            }
        }
        if targets.isEmpty, let failure { throw failure }
        return targets
    }

    private static func list(_ keyword: String, in keywords: [(keyword: String, value: String)]) -> [String] {
        guard let value = keywords.last(where: { $0.keyword == keyword })?.value, !value.isEmpty else { return [] }
        return value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// libpq's rule for what is a unix socket: a path, or a name in the abstract namespace.
    private static func isFolder(_ host: String) -> Bool { host.hasPrefix("/") || host.hasPrefix("@") }

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
