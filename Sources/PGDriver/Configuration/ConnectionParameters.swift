internal import PoolingSQL

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What libpq is told about one connection, in its keywords: for `PQconnectStartParams` with `expand_dbname` 1.
///
/// libpq fills what it is not told from the environment and from files in the home folder, and takes an empty value in a
/// list for one that was not told. In a connection string an empty value counts; the first entry is such a string, which
/// `expand_dbname` admits as a `dbname`, and sets to nothing what has no value in the later ones (F35). Only the first
/// `dbname` is expanded: the database's name is taken as it is, whatever is in it.
struct ConnectionParameters: Sendable {
    private(set) var pairs: [(keyword: String, value: String)]

    /// A path that can't exist, since it leads through a file: libpq skips silently what it does not find, and complains
    /// on standard error about a password file that is there and no regular file.
    static let nowhere = "/dev/null/none"

    /// - Parameters:
    ///   - address: in numbers; nil for a unix socket.
    ///   - session: which server will do at this attempt.
    init(
        _ configuration: PostgresConfiguration, host: PostgresHost, address: String?, password: PostgresSecret?,
        session: PostgresTargetSession
    ) {
        let tls = configuration.tls
        let mode = tls.mode(for: host)
        let verifies = mode == .verifyCA || mode == .verifyFull
        var told: [(keyword: String, value: String)] = [
            ("host", host.name),
            ("hostaddr", address ?? ""),
            ("port", "\(host.port)"),
            ("dbname", configuration.database ?? configuration.user),
            ("user", configuration.user),
            ("password", password?.text ?? ""),
            ("passfile", Self.nowhere),
            ("client_encoding", "UTF8"),
            ("application_name", configuration.applicationName),
            ("options", configuration.startupOptions),
            ("connect_timeout", "0"),
            ("tcp_user_timeout", "\(configuration.tcpUserTimeout.wholeMilliseconds)"),
            ("target_session_attrs", session.rawValue),
            ("requirepeer", configuration.requiredPeer ?? ""),
            ("channel_binding", configuration.channelBinding.rawValue),
            ("gssencmode", "disable"),
            ("krbsrvname", "postgres"),
            ("gsslib", ""),
            ("sslmode", mode.rawValue),
            ("sslcompression", "0"),
            ("sslsni", "1"),
            ("ssl_min_protocol_version", tls.minimumVersion.rawValue),
            ("ssl_max_protocol_version", ""),
            ("sslrootcert", verifies ? tls.rootCertificate ?? Self.systemAuthorities : Self.nowhere),
            ("sslcrl", verifies ? tls.revocationList ?? Self.nowhere : Self.nowhere),
            ("sslcrldir", ""),
            ("sslcert", tls.clientCertificate?.certificate ?? Self.nowhere),
            ("sslkey", tls.clientCertificate?.key ?? Self.nowhere),
            ("sslpassword", tls.clientCertificate?.keyPassword?.text ?? ""),
        ]
        // Of newer libraries than the one that this was written for.
        let known = Set(told.map(\.keyword))
        for option in LibPQ.options where option.variable != nil && !known.contains(option.keyword) {
            if option.keyword == "service" || option.keyword == "servicefile" { continue }
            if let preset = option.preset, !preset.isEmpty {
                told.append((option.keyword, preset))
            } else if let variable = option.variable, getenv(variable) != nil {
                told.append((option.keyword, ""))
            }
        }
        let supported = Set(LibPQ.options.map(\.keyword))
        told.removeAll { !supported.contains($0.keyword) }
        let blank = told.filter(\.value.isEmpty).map { "\($0.keyword)=''" }.joined(separator: " ")
        pairs = [("dbname", blank)] + told.filter { !$0.value.isEmpty }
    }

    /// The file of the authorities that this system trusts, where the usual systems have it.
    static let systemAuthorities: String = {
        let places = [
            "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
            "/etc/ssl/cert.pem",
        ]
        if let place = places.first(where: { access($0, R_OK) == 0 }) { return place }
        // From libpq 16 on: wherever its OpenSSL looks.
        return LibPQ.version >= 160_000 ? "system" : nowhere
    }()
}

extension PostgresConfiguration {
    /// Settings that are sent with the login, in their order.
    var startupParameters: [(name: String, value: String)] {
        var all = parameters.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        for (name, timeout) in [
            ("statement_timeout", statementTimeout), ("lock_timeout", lockTimeout),
            ("idle_in_transaction_session_timeout", idleInTransactionTimeout),
        ] {
            if let timeout { all.append((name, "\(timeout.wholeMilliseconds)")) }
        }
        return all
    }

    /// As the server's command line has them: words are separated by blanks, and a backslash takes what follows as it is.
    var startupOptions: String {
        startupParameters.map { name, value in
            var text = "-c \(name)="
            for scalar in value.unicodeScalars {
                if scalar.properties.isWhitespace || scalar == "\\" { text.unicodeScalars.append("\\") }
                text.unicodeScalars.append(scalar)
            }
            return text
        }.joined(separator: " ")
    }
}
