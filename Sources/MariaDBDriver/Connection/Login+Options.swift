internal import CMariaDB
internal import PoolingCore
internal import PoolingSQL

// What the library is told before it connects.
extension Login {
    func prepare(_ link: UnsafeMutablePointer<MYSQL>, until deadline: MonotonicInstant) {
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
        // It would send the password as it is to whoever asks for that, and ask at the terminal for another one. Those of SHA-2
        // do so where TLS was asked for, whether there is any or not.
        var ways = ["mysql_native_password", "client_ed25519", "parsec"]
        switch configuration.tls.mode(for: host) {
        case .verifyFull: ways += ["caching_sha2_password", "sha256_password", "mysql_clear_password"]
        case .disable: ways += ["caching_sha2_password", "sha256_password"]
        case .require: break
        }
        mysql_options(link, MARIADB_OPT_RESTRICTED_AUTH, ways.joined(separator: ","))
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
