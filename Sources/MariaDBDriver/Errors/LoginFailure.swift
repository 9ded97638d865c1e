internal import PoolingSQL

/// Why there is no connection, in one sentence that names the server, the cause and the way out.
struct LoginFailure {
    private let refusal: ServerError
    private let host: MariaDBHost
    private let configuration: MariaDBConfiguration
    private let password: SQLSecret

    init(
        _ refusal: ServerError, host: MariaDBHost, configuration: MariaDBConfiguration, password: SQLSecret
    ) {
        self.refusal = refusal
        self.host = host
        self.configuration = configuration
        self.password = password
    }

    var error: SQLError {
        SQLError(
            kind, scrubbed(sentence), sqlState: refusal.sqlState.isEmpty ? nil : refusal.sqlState,
            vendorCode: Int(refusal.code))
    }

    private var kind: SQLError.Kind {
        switch refusal.meaning {
        case .full: .tooManyConnections
        case .notReady: .notReady
        case .application(.authentication): .authentication
        default: .cannotOpen
        }
    }

    private var database: String { configuration.database ?? "" }

    private var sentence: String {
        switch refusal.code {
        case 1045, 1698:
            "\(host) refuses user '\(configuration.user)' or the password; correct them, or see that its provider gives a "
                + "current one, and that the account may connect from here"
        case 1044:
            "\(host) does not let user '\(configuration.user)' into database '\(database)'; grant the right to it, or "
                + "correct the name"
        case 1049: "\(host) has no database '\(database)'; create it or correct the name"
        case 1040, 1203, 1226:
            "\(host) has no connection left (\(refusal.message)); lower the pool's max, or raise the server's limit"
        case 1129:
            "\(host) refuses this machine after too many attempts that failed; run FLUSH HOSTS there, and find out who "
                + "fails"
        case 1130: "\(host) lets nobody in from this machine; let the account connect from here"
        case 1053: "\(host) is shutting down; try again in a moment"
        case 2002, 2003, 2004: trouble
        case 2005: "the name of host '\(host.name)' can't be resolved; correct it, or see to the name server"
        case 2026: tls
        case 2012, 2013, 2006:
            "\(host) closed the connection during the login; is it a server of MariaDB that is up, and is TLS expected "
                + "there?"
        case 2007, 2027: "what answers on \(host) is no server of MariaDB (\(refusal.message)); correct host and port"
        case 5010:
            "\(host) wants user '\(configuration.user)' to prove himself in a way that is not trusted here; have the account "
                + "use ed25519 or mysql_native_password, or choose TLS mode verify-full (sslmode=verify-full in a URL)"
        case 2059, 2061:
            "the way in which \(host) wants user '\(configuration.user)' to prove himself is not known here "
                + "(\(refusal.message)); install the library's plugin, or have the account use another way"
        default: "\(host) refuses the connection: \(refusal.message)"
        }
    }

    private var trouble: String {
        if host.isUnixSocket {
            return "no server has its unix socket at \(host); start it, or correct the path"
        }
        // 115: of a connect that does not block, when it is refused in the end.
        if ["(111)", "(111 ", "(61)", "(61 ", "(115)", "(115 "].contains(where: refusal.message.contains) {
            return
                "no server accepts connections on \(host) (refused, or not reachable); start it, or correct host and port"
        }
        return "no server can be reached on \(host) (\(refusal.message)); correct host and port, or see to the network"
    }

    private var tls: String {
        let authorities =
            configuration.tls.rootCertificate.map { "the authorities of '\($0)'" } ?? "the system's authorities"
        if refusal.message.contains("doesn't support") || refusal.message.contains("does not support") {
            return
                "\(host) offers no TLS, and TLS mode \(configuration.tls.mode(for: host).rawValue) demands it; turn TLS "
                + "on at the server, or choose disable (sslmode=disable in a URL) if plaintext is meant"
        }
        return
            "\(host) shows a certificate that does not hold (\(refusal.message)): it is not from \(authorities), is for "
            + "another name or has expired; name its authority in rootCertificate (sslrootcert in a URL), connect by a name "
            + "that is in it, or renew it"
    }

    /// The library tells no password; should it ever, it stops here. Very short ones would be found in any text.
    private func scrubbed(_ sentence: String) -> String {
        var sentence = sentence
        for secret in [password, configuration.tls.clientCertificate?.keyPassword] {
            if let secret, secret.text.utf8.count > 3 { sentence = sentence.replacing(secret.text, with: "***") }
        }
        return sentence
    }
}
