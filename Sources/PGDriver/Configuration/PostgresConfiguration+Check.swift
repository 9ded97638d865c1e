public import PoolingCore
internal import PoolingSQL

extension PostgresConfiguration {
    /// Refuses what contradicts itself, what libpq would take for something else, and plaintext by accident (F64, F66).
    public func check() throws(PoolConfigurationError) {
        try checkHosts()
        try checkTexts()
        try checkTLS()
        for (name, timeout) in timeouts {
            guard let timeout else { continue }
            try require(
                timeout >= .zero && timeout <= .milliseconds(Int64(Int32.max)), name, "\(timeout)",
                "must be from zero, which means none, to \(Int32.max) ms")
            try require(
                timeout == .milliseconds(timeout.wholeMilliseconds), name, "\(timeout)", "must be whole milliseconds")
        }
        if let connectTimeout {
            try require(connectTimeout > .zero, "connectTimeout", "\(connectTimeout)", "must be more than zero")
        }
    }

    private var timeouts: [(String, Duration?)] {
        [
            ("statementTimeout", statementTimeout), ("lockTimeout", lockTimeout),
            ("idleInTransactionTimeout", idleInTransactionTimeout), ("tcpUserTimeout", tcpUserTimeout),
        ]
    }

    private func checkHosts() throws(PoolConfigurationError) {
        try require(!hosts.isEmpty, "hosts", "empty", "must name at least one server")
        for host in hosts {
            try require(!host.name.isEmpty, "hosts", "an empty name", "must be a name, an address or a folder")
            for text in [host.name, host.address ?? "0"] {
                try require(
                    !text.utf8.contains(0) && !text.contains(","), "hosts", "a name with a comma or U+0000",
                    "must be one name for each host")
            }
            try require((1...65535).contains(host.port), "port", "\(host.port)", "must be from 1 to 65535")
            try require(
                host.address == nil || !host.isUnixSocket, "hosts", "a folder with an address",
                "must be one or the other")
        }
    }

    private func checkTexts() throws(PoolConfigurationError) {
        try require(!user.isEmpty, "user", "empty", "must be given: it is not taken from the operating system")
        try require(database?.isEmpty != true, "database", "empty", "must be a name, or nil for the user's")
        let texts: [(String, String?)] = [
            ("user", user), ("database", database), ("applicationName", applicationName),
            ("requiredPeer", requiredPeer), ("password", password?.fixed?.text),
            ("tls.rootCertificate", tls.rootCertificate), ("tls.revocationList", tls.revocationList),
            ("tls.clientCertificate", tls.clientCertificate?.certificate),
            ("tls.clientCertificate", tls.clientCertificate?.key),
            ("tls.clientCertificate", tls.clientCertificate?.keyPassword?.text),
        ]
        for (name, text) in texts {
            try require(text?.utf8.contains(0) != true, name, "a text with U+0000", "must be without, as it ends there")
        }
        for (name, value) in parameters {
            try require(
                Self.isParameterName(name), "parameters", "a name that PostgreSQL can't have",
                "must consist of letters, digits, _ and . in ASCII")
            try require(
                !value.utf8.contains(0), "parameters", "a value with U+0000 for \(name)",
                "must be without, as it ends there")
            try require(
                name.lowercased() != "client_encoding", "parameters", "client_encoding", "must leave it: it is UTF-8")
        }
    }

    private func checkTLS() throws(PoolConfigurationError) {
        for (name, path) in [
            ("tls.rootCertificate", tls.rootCertificate), ("tls.revocationList", tls.revocationList),
            ("tls.clientCertificate", tls.clientCertificate?.certificate),
            ("tls.clientCertificate", tls.clientCertificate?.key),
        ] { try require(path?.isEmpty != true, name, "empty", "must be a path, or nil") }
        guard let mode = tls.mode else { return }
        switch mode {
        case .prefer:
            try require(
                hosts.allSatisfy { $0.isLoopback || $0.isUnixSocket }, "tls.mode", "prefer",
                "would be plaintext with a host that is not loopback whenever somebody in between wants it; choose "
                    + "verify-full, or disable if plaintext is meant")
            fallthrough
        case .require:
            try require(
                tls.rootCertificate == nil, "tls.mode", mode.rawValue,
                "looks at no certificate, and rootCertificate names one to trust; choose verify-full or verify-ca")
        case .disable:
            try require(
                tls.rootCertificate == nil && tls.clientCertificate == nil, "tls.mode", "disable",
                "uses no certificates, and there are some; choose verify-full")
            try require(
                channelBinding != .require, "channelBinding", "require", "needs TLS, and tls.mode is disable")
        case .verifyCA, .verifyFull: break
        }
    }

    static func isParameterName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first), first != UInt8(ascii: ".") else { return false }
        return name.utf8.allSatisfy { byte in
            (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        }
    }

    private func require(
        _ condition: Bool, _ field: String, _ value: String, _ rule: String
    ) throws(PoolConfigurationError) {
        if !condition { throw PoolConfigurationError(field: field, value: value, rule: rule) }
    }
}

extension Duration {
    /// Without what is left of the last millisecond; bounded by what 64 bits hold.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, isTooLarge) = seconds.multipliedReportingOverflow(by: 1000)
        if isTooLarge { return seconds < 0 ? .min : .max }
        let (sum, isTooFar) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return isTooFar ? product : sum
    }
}
