/// How connections are encrypted, and whom they trust.
///
/// Unless told otherwise a host that is not loopback has to prove its name with a certificate (`verify-full`), and
/// plaintext takes the explicit word ``Mode/disable`` (F64). Unix sockets are never encrypted. Nothing is taken from
/// `~/.postgresql` or the environment (F35).
public struct PostgresTLS: Sendable, Hashable {
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// Plaintext.
        case disable
        /// Encrypted if the server can, without looking at its certificate. For loopback only.
        case prefer
        /// Encrypted, without looking at the server's certificate: whoever can redirect packets can read them.
        case require
        /// Encrypted, with a certificate of a trusted authority, for whatever name.
        case verifyCA = "verify-ca"
        /// Encrypted, with a certificate of a trusted authority for the host's name.
        case verifyFull = "verify-full"
    }

    /// What the client shows for itself.
    public struct ClientCertificate: Sendable, Hashable {
        /// Paths of files in PEM. libpq refuses a key that others may read.
        public var certificate: String
        public var key: String
        /// Of the key, if that is encrypted.
        public var keyPassword: PostgresSecret?

        public init(certificate: String, key: String, keyPassword: PostgresSecret? = nil) {
            self.certificate = certificate
            self.key = key
            self.keyPassword = keyPassword
        }
    }

    public enum Version: String, Sendable, Hashable, CaseIterable {
        case tls12 = "TLSv1.2"
        case tls13 = "TLSv1.3"
    }

    /// nil: `verifyFull`; for loopback hosts `prefer`, unless `rootCertificate` says whom to trust.
    public var mode: Mode?
    /// The path of a file with the authorities that are trusted, in PEM. nil: those that the system trusts.
    public var rootCertificate: String?
    /// The path of a file with revoked certificates.
    public var revocationList: String?
    public var clientCertificate: ClientCertificate?
    public var minimumVersion: Version

    public init(
        mode: Mode? = nil, rootCertificate: String? = nil, revocationList: String? = nil,
        clientCertificate: ClientCertificate? = nil, minimumVersion: Version = .tls12
    ) {
        self.mode = mode
        self.rootCertificate = rootCertificate
        self.revocationList = revocationList
        self.clientCertificate = clientCertificate
        self.minimumVersion = minimumVersion
    }

    /// What holds for a host.
    public func mode(for host: PostgresHost) -> Mode {
        if host.isUnixSocket { return .disable }
        if let mode { return mode }
        return host.isLoopback && rootCertificate == nil ? .prefer : .verifyFull
    }
}
