public import PoolingCore
internal import PoolingSQL

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension MariaDBConfiguration {
    /// Refuses what contradicts itself, what C would cut off, and plaintext by accident (F64, F66).
    public func check() throws(PoolConfigurationError) {
        try require(!hosts.isEmpty, "hosts", "empty", "must name at least one server")
        for host in hosts {
            try require(!host.name.isEmpty, "hosts", "an empty name", "must be a name, an address or a socket's path")
            try require(
                host.isUnixSocket || !host.name.contains { ";=,/ ".contains($0) }, "hosts",
                "a name that no host can have", "must be one name or address, or the path of a unix socket")
            try require((1...65535).contains(host.port), "port", "\(host.port)", "must be from 1 to 65535")
        }
        try require(!user.isEmpty, "user", "empty", "must be given: it is not taken from the operating system")
        try require(database?.isEmpty != true, "database", "empty", "must be a name, or nil for none")
        for name in variables.keys {
            try require(
                !name.isEmpty && name.utf8.allSatisfy(Self.isNameByte), "variables",
                "a name that no variable can have", "must be letters, digits and underscores")
        }
        try require(
            tcpUserTimeout >= .zero && tcpUserTimeout <= .milliseconds(Int32.max), "tcpUserTimeout",
            "\(tcpUserTimeout)",
            "must be zero or more, and less than 25 days")
        try checkTLS()
        try checkEnvironment()
        for (name, text) in texts {
            try require(text?.utf8.contains(0) != true, name, "a text with U+0000", "must be without, as it ends there")
        }
    }

    private func checkTLS() throws(PoolConfigurationError) {
        let isPlaintext = tls.mode == .disable
        try require(
            !isPlaintext || (tls.rootCertificate == nil && tls.clientCertificate == nil && tls.revocationList == nil),
            "tls", "certificates without TLS", "must not name certificates with mode disable, which uses none")
    }

    /// From version 3.4 on the library heeds it, and there is no way to tell it not to (F64).
    private func checkEnvironment() throws(PoolConfigurationError) {
        let name = "MARIADB_TLS_DISABLE_PEER_VERIFICATION"
        guard LibMariaDB.isHeedful, getenv(name) != nil else { return }
        try require(
            !hosts.contains { tls.mode(for: $0) == .verifyFull }, "tls", "verify-full, with \(name) in the environment",
            "can't be kept to while that variable is set: unset it")
    }

    private var texts: [(String, String?)] {
        [
            ("user", user), ("database", database), ("password", password?.fixed?.text),
            ("tls.rootCertificate", tls.rootCertificate), ("tls.revocationList", tls.revocationList),
            ("tls.clientCertificate", tls.clientCertificate?.certificate),
            ("tls.clientCertificate", tls.clientCertificate?.key),
            ("tls.clientCertificate", tls.clientCertificate?.keyPassword?.text),
        ] + hosts.map { ("hosts", $0.name) } + variables.values.map { ("variables", $0) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
    }

    private func require(
        _ holds: Bool, _ field: String, _ value: String, _ rule: String
    ) throws(PoolConfigurationError) {
        if !holds { throw PoolConfigurationError(field: field, value: value, rule: rule) }
    }
}
