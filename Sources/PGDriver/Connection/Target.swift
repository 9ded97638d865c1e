internal import PoolingCore
internal import PoolingSQL

/// One place to try: a host with one of its addresses.
struct Target: Sendable, Hashable {
    /// A name, the folder of a unix socket, or empty.
    var host: String
    /// The address in digits; empty for a unix socket.
    var address: String
    var port: String

    /// libpq's rule for what is a unix socket: a path, or a name in the abstract namespace.
    var isUnixSocket: Bool { host.hasPrefix("/") || host.hasPrefix("@") }
}

extension Target {
    /// Every address of every host, in their order. Hosts that have none are left out, unless there is no other.
    static nonisolated(nonsending) func all(
        in keywords: [(keyword: String, value: String)], until deadline: MonotonicInstant
    ) async throws -> [Target] {
        let hosts = list("host", in: keywords)
        let addresses = list("hostaddr", in: keywords)
        let ports = list("port", in: keywords)
        var targets: [Target] = []
        var failure: SQLError?
        for index in 0..<max(hosts.count, addresses.count, 1) {
            let target = Target(
                host: index < hosts.count ? hosts[index] : "", address: index < addresses.count ? addresses[index] : "",
                port: ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : "")
            if !target.address.isEmpty || target.host.isEmpty || target.isUnixSocket {
                targets.append(target)
                continue
            }
            do {
                for address in try await Resolution.addresses(of: target.host, until: deadline) {
                    targets.append(Target(host: target.host, address: address, port: target.port))
                }
            } catch let error as SQLError {
                failure = error
            }
        }
        if targets.isEmpty, let failure { throw failure }
        return targets
    }

    private static func list(_ keyword: String, in keywords: [(keyword: String, value: String)]) -> [String] {
        guard let value = keywords.last(where: { $0.keyword == keyword })?.value, !value.isEmpty else { return [] }
        return value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}

extension Target: CustomStringConvertible {
    var description: String {
        if isUnixSocket { return "'\(host)'" }
        if host.isEmpty { return "the server at \(address.isEmpty ? "libpq's default socket" : address)" }
        return "'\(host)'\(port.isEmpty ? "" : " port \(port)")"
    }
}
