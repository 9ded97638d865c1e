public import PoolingSQL

/// How connections are encrypted, and whom they trust.
///
/// Unless told otherwise a host that is not loopback has to prove its name with a certificate (`verifyFull`), which the
/// library itself does not ask for, and plaintext takes the explicit word ``Mode/disable`` (F64). Unix sockets are never
/// encrypted.
public struct MariaDBTLS: Sendable, Hashable {
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// Plaintext.
        case disable
        /// Encrypted, without looking at the server's certificate: whoever can redirect packets can read them.
        case require
        /// Encrypted, with a certificate of a trusted authority for the host's name.
        case verifyFull = "verify-full"
    }

    /// What the client shows for itself.
    public struct ClientCertificate: Sendable, Hashable {
        /// Paths of files in PEM.
        public var certificate: String
        public var key: String
        /// Of the key, if that is encrypted.
        public var keyPassword: SQLSecret?

        public init(certificate: String, key: String, keyPassword: SQLSecret? = nil) {
            self.certificate = certificate
            self.key = key
            self.keyPassword = keyPassword
        }
    }

    /// nil: `verifyFull`; for loopback hosts `disable`, unless `rootCertificate` says whom to trust.
    public var mode: Mode?
    /// The path of a file with the authorities that are trusted, in PEM. nil: those that the system trusts.
    public var rootCertificate: String?
    /// The path of a file with revoked certificates.
    public var revocationList: String?
    public var clientCertificate: ClientCertificate?

    public init(
        mode: Mode? = nil, rootCertificate: String? = nil, revocationList: String? = nil,
        clientCertificate: ClientCertificate? = nil
    ) {
        self.mode = mode
        self.rootCertificate = rootCertificate
        self.revocationList = revocationList
        self.clientCertificate = clientCertificate
    }

    /// What holds for a host.
    public func mode(for host: MariaDBHost) -> Mode {
        if host.isUnixSocket { return .disable }
        if let mode { return mode }
        return host.isLoopback && rootCertificate == nil ? .disable : .verifyFull
    }
}
