internal import CMariaDB
internal import PoolingCore
internal import PoolingSQL

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

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

    /// A session, and the server that it has come to, which a name or an address need not tell.
    struct Opened {
        var link: UnsafeMutablePointer<MYSQL>
        /// nil: unknown.
        var server: ServerIdentity?

        /// Ends it.
        func close() { BrokenPipe.held { mysql_close(link) } }
    }

    /// - Throws: ``SQLError``.
    func open(until deadline: MonotonicInstant) throws -> Opened {
        try BrokenPipe.held { try openUnshielded(until: deadline) }
    }

    private func openUnshielded(until deadline: MonotonicInstant) throws -> Opened {
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
            let mode = configuration.tls.mode(for: host)
            // The library goes on in plaintext with a server that has no TLS, unless it is to look at a certificate (F64).
            if mode != .disable, mysql_get_ssl_cipher(link) == nil { throw unencrypted(mode) }
            makeNonBlocking(link)
            boundSilence(of: mysql_get_socket(link))
            let server = try ServerIdentity(link) { failure(link) }
            if isForWork, configuration.targetSession == .readWrite, server?.isReadOnly == true { throw unwanted }
            return Opened(link: link, server: server)
        } catch {
            mysql_close(link)
            throw error
        }
    }

    /// The system itself would go on sending for a quarter of an hour to a peer that is gone (F16).
    private func boundSilence(of socket: CInt) {
        #if os(Linux)
            guard !host.isUnixSocket, configuration.tcpUserTimeout > .zero else { return }
            var milliseconds = UInt32(clamping: Int64(configuration.tcpUserTimeout / .milliseconds(1)))
            setsockopt(
                socket, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, socklen_t(MemoryLayout<UInt32>.size))
        #endif
    }

    /// The library leaves that to each call in plaintext, and waits within OpenSSL for what the server does not send
    /// otherwise (F39).
    private func makeNonBlocking(_ link: UnsafeMutablePointer<MYSQL>) {
        let descriptor = mysql_get_socket(link)
        let flags = fcntl(descriptor, F_GETFL)
        if flags >= 0 { _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) }
    }

    private func unencrypted(_ mode: MariaDBTLS.Mode) -> SQLError {
        SQLError(
            .cannotOpen,
            "\(host) offers no TLS, and TLS mode \(mode.rawValue) demands it; turn TLS on at the server, or choose disable "
                + "(sslmode=disable in a URL) if plaintext is meant")
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
}
