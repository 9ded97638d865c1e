/// A server to connect to: a name, an address, or a unix socket.
public struct MariaDBHost: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address, which a certificate is checked against; a path is a unix socket.
    public var name: String
    public var port: Int

    public init(_ name: String, port: Int = 3306) {
        self.name = name
        self.port = port
    }

    public var isUnixSocket: Bool { name.hasPrefix("/") }

    /// Whether it is on this machine, by what is written: `localhost`, 127.0.0.0/8 or ::1. No name is resolved.
    public var isLoopback: Bool {
        if name.lowercased() == "localhost" || name == "::1" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// `localhost:3306`, `[::1]:3306`, `/run/mysqld/mysqld.sock`.
    public var description: String {
        if isUnixSocket { return name }
        return name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"
    }
}
