internal import CMariaDB
internal import PoolingCore
internal import PoolingSQL

/// One attempt to open a session with one server. Blocks: it resolves names, and negotiates TLS, in one call.
struct Login: Sendable {
    let host: MariaDBHost
    let configuration: MariaDBConfiguration
    let password: SQLSecret
    /// Whether the session is to do work: then it is made what the configuration says, on a server that will do.
    var isForWork = true

    init(_ host: MariaDBHost, _ configuration: MariaDBConfiguration, _ password: SQLSecret) {
        self.host = host
        self.configuration = configuration
        self.password = password
    }

    /// - Throws: ``SQLError``.
    func open(until deadline: MonotonicInstant) throws -> UnsafeMutablePointer<MYSQL> {
        guard LibMariaDB.isReady, let link = mysql_init(nil) else {
            throw SQLError(.cannotOpen, "libmariadb can't be begun, for want of memory")
        }
        prepare(link, until: deadline)
        // Rows that a statement finds count as affected, as on the other databases, and not only those that it changes.
        let flags = UInt(CLIENT_FOUND_ROWS) | UInt(CLIENT_MULTI_RESULTS)
        let isOpen =
            mysql_real_connect(
                link, host.isUnixSocket ? nil : host.name, configuration.user, password.text, configuration.database,
                host.isUnixSocket ? 0 : UInt32(host.port), host.isUnixSocket ? host.name : nil, flags) != nil
        do {
            guard isOpen else { throw failure(link) }
            if isPlaintext(link), configuration.tls.mode(for: host) != .disable { throw downgrade }
            if isForWork, configuration.targetSession == .readWrite, try isReadOnly(link) { throw unwanted }
            return link
        } catch {
            mysql_close(link)
            throw error
        }
    }

    /// Such a server lets everybody in, and refuses what they write later (F27).
    private func isReadOnly(_ link: UnsafeMutablePointer<MYSQL>) throws -> Bool {
        let text = "SELECT @@GLOBAL.read_only"
        guard mysql_real_query(link, text, UInt(text.utf8.count)) == 0, let result = mysql_store_result(link) else {
            throw failure(link)
        }
        defer { mysql_free_result(result) }
        guard let cell = mysql_fetch_row(result)?[0] else { return false }
        return !["0", "OFF"].contains(String(cString: cell))
    }

    private func isPlaintext(_ link: UnsafeMutablePointer<MYSQL>) -> Bool { mysql_get_ssl_cipher(link) == nil }

    /// Unless it has to verify a certificate, the library goes on in plaintext with a server that claims to have no TLS
    /// (F64).
    private var downgrade: SQLError {
        let refusal = ServerError(code: 2026, sqlState: "", message: "the server does not support it")
        return LoginFailure(refusal, host: host, configuration: configuration, password: password).error
    }

    private func failure(_ link: UnsafeMutablePointer<MYSQL>) -> SQLError {
        LoginFailure(ServerError(link), host: host, configuration: configuration, password: password).error
    }

    private var unwanted: SQLError {
        SQLError(
            .cannotOpen,
            "\(host) is read-only, and targetSession asks for one that can write; name the server that can among the "
                + "hosts, or choose any if reading is enough")
    }

    private func prepare(_ link: UnsafeMutablePointer<MYSQL>, until deadline: MonotonicInstant) {
        // Whole seconds are all that it takes; whoever asks has a clock of his own.
        var seconds = UInt32(clamping: max(1, (deadline - .now + 999_999_999) / 1_000_000_000))
        for option in [MYSQL_OPT_CONNECT_TIMEOUT, MYSQL_OPT_READ_TIMEOUT, MYSQL_OPT_WRITE_TIMEOUT] {
            mysql_options(link, option, &seconds)
        }
        var protocolType = host.isUnixSocket ? MYSQL_PROTOCOL_SOCKET.rawValue : MYSQL_PROTOCOL_TCP.rawValue
        mysql_options(link, MYSQL_OPT_PROTOCOL, &protocolType)
        var off: my_bool = 0
        var never: UInt32 = 0
        mysql_options(link, MYSQL_OPT_RECONNECT, &off)
        // A server could ask for any file of this machine (F65).
        mysql_options(link, MYSQL_OPT_LOCAL_INFILE, &never)
        mysql_options(link, MYSQL_OPT_NONBLOCK, nil)
        mysql_options(link, MYSQL_SET_CHARSET_NAME, "utf8mb4")
        if isForWork {
            mysql_options(link, MYSQL_INIT_COMMAND, SessionSetup(configuration).text)
            mysql_options(link, MYSQL_INIT_COMMAND, MariaDB.proof)
        }
        prepareTLS(link)
    }

    private func prepareTLS(_ link: UnsafeMutablePointer<MYSQL>) {
        let tls = configuration.tls
        let mode = tls.mode(for: host)
        var isOn: my_bool = mode == .disable ? 0 : 1
        var verifies: my_bool = mode == .verifyFull ? 1 : 0
        mysql_options(link, MYSQL_OPT_SSL_ENFORCE, &isOn)
        mysql_options(link, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verifies)
        if mode == .disable { return }
        let certificate = tls.clientCertificate
        for (option, text) in [
            (MYSQL_OPT_SSL_CA, tls.rootCertificate), (MYSQL_OPT_SSL_CRL, tls.revocationList),
            (MYSQL_OPT_SSL_CERT, certificate?.certificate), (MYSQL_OPT_SSL_KEY, certificate?.key),
            (MARIADB_OPT_TLS_PASSPHRASE, certificate?.keyPassword?.text),
            (MARIADB_OPT_TLS_VERSION, "TLSv1.2,TLSv1.3"),
        ] {
            if let text { mysql_options(link, option, text) }
        }
    }
}

/// What makes a session what the configuration says.
struct SessionSetup {
    let text: String

    init(_ configuration: MariaDBConfiguration) {
        var variables = ["time_zone": "+00:00", "session_track_state_change": "1"]
        variables.merge(configuration.variables) { $1 }
        let assignments = variables.sorted { $0.key < $1.key }.map { "\($0.key) = \(Self.literal($0.value))" }
        text = "SET SESSION " + assignments.joined(separator: ", ")
    }

    /// Numbers as such, since a variable that is one takes no text.
    private static func literal(_ value: String) -> String {
        if value.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?([eE]-?[0-9]+)?/) != nil { return value }
        return "'" + value.replacing("\\", with: "\\\\").replacing("'", with: "''") + "'"
    }
}
