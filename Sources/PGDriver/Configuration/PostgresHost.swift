/// A server to connect to: a name, an address, or the folder of a unix socket.
public struct PostgresHost: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address; a path is the folder of a unix socket, a name that begins with `@` one in Linux's abstract
    /// namespace. What a certificate is checked against.
    public var name: String
    /// In numbers: where to connect, instead of asking what `name` resolves to.
    public var address: String?
    public var port: Int

    public init(_ name: String, address: String? = nil, port: Int = 5432) {
        self.name = name
        self.address = address
        self.port = port
    }

    public var isUnixSocket: Bool { name.hasPrefix("/") || name.hasPrefix("@") }

    /// Whether it is on this machine, by what is written: `localhost`, 127.0.0.0/8 or ::1. No name is resolved.
    public var isLoopback: Bool {
        if let address { return Self.isLoopback(address) }
        return name.lowercased() == "localhost" || Self.isLoopback(name)
    }

    private static func isLoopback(_ address: String) -> Bool {
        if address == "::1" { return true }
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// `localhost:5432`, `[::1]:5432`, `/run/postgresql:5432`.
    public var description: String { name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)" }
}
