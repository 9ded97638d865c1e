internal import PoolingSQL

/// Why there is no connection, in one sentence that names the server, the cause and the way out.
struct LoginFailure {
    let host: PostgresHost
    let configuration: PostgresConfiguration
    private let password: PostgresSecret?
    /// The last line that tells of a failure, without what stands before and after it.
    private let text: String
    private let sqlState: String?

    /// - Parameters:
    ///   - said: `PQerrorMessage` of a connection whose verbosity is `PQERRORS_VERBOSE`: the SQLSTATE of a login is in
    ///     its text only, and there only then.
    ///   - password: the one that was tried.
    init(
        _ said: String, host: PostgresHost, configuration: PostgresConfiguration, password: PostgresSecret? = nil
    ) {
        self.host = host
        self.configuration = configuration
        self.password = password ?? configuration.password?.fixed
        // With `prefer`, one line for the attempt with TLS and one for that without. What goes on from one line to the
        // next begins with a tab, what explains with a word in capitals.
        let lines = said.split(whereSeparator: \.isNewline).filter { line in
            !["\t", "LOCATION:", "DETAIL:", "HINT:", "CONTEXT:"].contains { line.hasPrefix($0) }
        }
        let reports = lines.map(Self.report)
        let chosen = reports.last { $0.sqlState != nil } ?? reports.first { !$0.text.isEmpty }
        text = chosen?.text ?? ""
        sqlState = chosen?.sqlState
    }

    /// `connection to server at "h" (1.2.3.4), port 5 failed: FATAL:  28P01: password authentication failed`
    private static func report(_ line: Substring) -> (text: String, sqlState: String?) {
        var rest = line
        if line.hasPrefix("connection to server "), let mark = line.firstRange(of: " failed: ") {
            rest = line[mark.upperBound...]
        }
        // The severity is translated, the five characters behind it are not.
        if let mark = rest.firstRange(of: ":  ") {
            let after = rest[mark.upperBound...]
            let state = after.prefix(5)
            if after.dropFirst(5).hasPrefix(": "), state.utf8.count == 5, state.utf8.allSatisfy(isStateByte) {
                return (String(after.dropFirst(7)), String(state))
            }
            if rest[..<mark.lowerBound].allSatisfy(\.isUppercase) { rest = after }
        }
        return (String(rest), nil)
    }

    private static func isStateByte(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (65...90).contains(byte) }

    var error: SQLError {
        let kind: SQLError.Kind
        let sentence: String
        if let sqlState {
            kind = SQLError.kind(ofLogin: sqlState)
            sentence = refusal(sqlState)
        } else {
            kind = text.contains("no password supplied") ? .authentication : .cannotOpen
            sentence = trouble
        }
        return SQLError(kind, scrubbed(sentence), sqlState: sqlState)
    }

    /// What the server itself says.
    private func refusal(_ sqlState: String) -> String {
        let said = ServerReport.withoutValues(text, sqlState)
        switch sqlState {
        case "28P01":
            return "\(host) refuses the password of user '\(configuration.user)'; correct it, or see that its provider "
                + "gives a current one"
        case "28000":
            return
                "\(host) does not let user '\(configuration.user)' in: \(said); correct user, database or TLS mode, or "
                + "the server's pg_hba.conf"
        case "3D000":
            return
                "\(host) has no database '\(configuration.database ?? configuration.user)'; create it or correct the name"
        case "42501":
            return "\(host) does not let user '\(configuration.user)' into database "
                + "'\(configuration.database ?? configuration.user)': \(said); grant CONNECT or take another"
        case "53300":
            return "\(host) has no connection left (\(said)); lower the pool's max, or raise the server's limit"
        case "57P03": return "\(host) does not accept connections at present (\(said)); try again in a moment"
        case "57P01", "57P02", "57P04":
            return "\(host) ended the connection during the login (\(said)); try again in a moment"
        case "08P01" where text.contains("startup parameter"):
            return
                "\(host) refuses settings of the session (\(said)); behind a PgBouncer leave parameters and timeouts "
                + "empty, or have it ignore them"
        default: return "\(host) refuses the connection: \(said)"
        }
    }

    /// What libpq or the system says.
    private var trouble: String {
        for (mark, sentence) in troubles where text.contains(mark) { return sentence }
        return text.isEmpty ? "\(host) accepts no connection, for no reason that was given" : "\(host): \(text)"
    }

    private var troubles: [(mark: String, sentence: String)] {
        let mode = configuration.tls.mode(for: host).rawValue
        let authorities =
            configuration.tls.rootCertificate.map { "the authorities of '\($0)'" } ?? "the system's authorities"
        return [
            (
                "Connection refused",
                "no server accepts connections on \(host) (connection refused); start it, or correct host and port"
            ),
            (
                "No such file or directory",
                host.isUnixSocket && !text.contains("certificate") && !text.contains("key")
                    ? "no server has its unix socket in \(host); start it, or correct folder and port"
                    : "\(host): \(text)"
            ),
            (
                "no password supplied",
                "\(host) asks for the password of user '\(configuration.user)', and none is configured; set password"
            ),
            (
                "server does not support SSL",
                "\(host) offers no TLS, and TLS mode \(mode) demands it; turn TLS on at the server, or choose disable "
                    + "(sslmode=disable in a URL) if plaintext is meant"
            ),
            (
                "does not match host name",
                "\(host) shows a certificate for another name (\(text)); connect by a name that is in it, or give the "
                    + "server one for this name"
            ),
            (
                "certificate verify failed",
                "\(host) shows a certificate that does not hold: it is not from \(authorities), or it has expired; name "
                    + "its authority in rootCertificate (sslrootcert in a URL), or renew it"
            ),
            (
                "root certificate",
                "\(host) can't be verified: \(authorities) can't be read (\(text)); name a file of them in "
                    + "rootCertificate (sslrootcert in a URL)"
            ),
            (
                "requirepeer",
                "\(host) belongs to another user of the operating system than requiredPeer says (\(text))"
            ),
            ("channel binding", "\(host) can't bind the login to the TLS channel as channelBinding demands: \(text)"),
            ("session is not read-only", unwanted), ("session is read-only", unwanted),
            ("hot standby mode", unwanted),
            (
                "service",
                "libpq refuses to connect because of the environment variable PGSERVICE (\(text)); unset it: it can't be "
                    + "told to ignore it"
            ),
            ("closed the connection unexpectedly", closed), ("Connection reset by peer", closed),
            ("EOF detected", closed),
            ("received invalid response", stranger), ("expected authentication request", stranger),
            ("unsupported frontend protocol", stranger),
        ]
    }

    private var unwanted: String {
        "\(host) is not the kind of server that targetSession \(configuration.targetSession.rawValue) asks for (\(text)); "
            + "name the others, too, or another kind"
    }
    private var closed: String {
        "\(host) closed the connection during the login; is it a server of PostgreSQL that is up, and is TLS expected there?"
    }
    private var stranger: String {
        "what answers on \(host) is no server of PostgreSQL (\(text)); correct host and port"
    }

    /// libpq tells no password; should it ever, it stops here. Very short ones would be found in any text.
    private func scrubbed(_ sentence: String) -> String {
        var sentence = sentence
        for secret in [password, configuration.tls.clientCertificate?.keyPassword] {
            if let secret, secret.text.utf8.count > 3 { sentence = sentence.replacing(secret.text, with: "***") }
        }
        return sentence
    }
}
