internal import PoolingCore
internal import PoolingSQL

/// Gives the options of a URL or of a list of keywords their meaning.
struct OptionReader {
    private var names: [String]
    private var ports: [String]
    private var addresses: [String] = []
    private var read: Set<String> = []

    init(hosts: [(name: String, port: String?)]) {
        names = hosts.map(\.name)
        ports = hosts.contains { $0.port != nil } ? hosts.map { $0.port ?? "" } : []
        if !names.allSatisfy(\.isEmpty) { read.insert("host") }
        if !ports.isEmpty { read.insert("port") }
    }

    static let names = [
        "host", "hostaddr", "port", "dbname", "user", "password", "sslmode", "sslrootcert", "sslcert", "sslkey",
        "sslpassword", "sslcrl", "ssl_min_protocol_version", "channel_binding", "target_session_attrs", "pooler",
        "requirepeer",
        "application_name", "options", "connect_timeout", "tcp_user_timeout", "statement_timeout", "lock_timeout",
        "idle_in_transaction_session_timeout",
    ]

    mutating func read(
        _ option: ConnectionString.Option, into configuration: inout PostgresConfiguration
    ) throws(PoolConfigurationError) {
        let (name, value) = (option.name, option.value)
        guard Self.names.contains(name) else { throw Self.unknown(option) }
        guard read.insert(name).inserted else {
            throw ConnectionString.mistake(name, "given twice", "must be given once")
        }
        switch name {
        case "host": names = Self.list(value)
        case "hostaddr": addresses = Self.list(value)
        case "port": ports = Self.list(value)
        case "dbname": configuration.database = value
        case "user": configuration.user = value
        case "password": configuration.password = .fixed(PostgresSecret(value))
        case "sslmode": configuration.tls.mode = try ConnectionString.choice(name, value)
        case "sslrootcert": configuration.tls.rootCertificate = value == "system" ? nil : value
        case "sslcrl": configuration.tls.revocationList = value
        case "sslcert": change(&configuration) { $0.certificate = value }
        case "sslkey": change(&configuration) { $0.key = value }
        case "sslpassword": change(&configuration) { $0.keyPassword = PostgresSecret(value) }
        case "ssl_min_protocol_version": configuration.tls.minimumVersion = try ConnectionString.choice(name, value)
        case "channel_binding": configuration.channelBinding = try ConnectionString.choice(name, value)
        case "target_session_attrs": configuration.targetSession = try ConnectionString.choice(name, value)
        case "pooler": configuration.pooler = try ConnectionString.choice(name, value)
        case "requirepeer": configuration.requiredPeer = value
        case "application_name": configuration.applicationName = value
        case "options": configuration.parameters.merge(try Self.parameters(value)) { $1 }
        case "connect_timeout":
            configuration.connectTimeout = try ConnectionString.duration(name, value, bareUnit: .seconds(1))
        case "tcp_user_timeout": configuration.tcpUserTimeout = try ConnectionString.duration(name, value)
        case "statement_timeout": configuration.statementTimeout = try ConnectionString.duration(name, value)
        case "lock_timeout": configuration.lockTimeout = try ConnectionString.duration(name, value)
        default: configuration.idleInTransactionTimeout = try ConnectionString.duration(name, value)
        }
    }

    /// The servers that `host`, `hostaddr` and `port` describe together: lists of the same length, or a single port.
    func hosts() throws(PoolConfigurationError) -> [PostgresHost] {
        let count = max(names.count, addresses.count, 1)
        guard addresses.isEmpty || names.isEmpty || addresses.count == names.count else {
            throw ConnectionString.mistake(
                "hostaddr", "a list of another length than that of the hosts", "must have one address for each host")
        }
        guard ports.count <= 1 || ports.count == count else {
            throw ConnectionString.mistake(
                "port", "a list of another length than that of the hosts", "must be one number, or one for each host")
        }
        var hosts: [PostgresHost] = []
        for index in 0..<count {
            let address = index < addresses.count && !addresses[index].isEmpty ? addresses[index] : nil
            var name = index < names.count ? names[index] : ""
            if name.isEmpty { name = address ?? "localhost" }
            let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
            hosts.append(PostgresHost(name, address: address, port: try Self.port(port, index + 1)))
        }
        return hosts
    }

    private static func port(_ text: String, _ number: Int) throws(PoolConfigurationError) -> Int {
        if text.isEmpty { return 5432 }
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(text), (1...65535).contains(port) else {
            throw ConnectionString.mistake(
                "the port of the \(ConnectionString.ordinal(number)) host", "no such number",
                "must be from 1 to 65535; characters such as : / @ ? in a password must be escaped, as in %3A")
        }
        return port
    }

    private func change(
        _ configuration: inout PostgresConfiguration, _ change: (inout PostgresTLS.ClientCertificate) -> Void
    ) {
        var certificate = configuration.tls.clientCertificate ?? .init(certificate: "", key: "")
        change(&certificate)
        configuration.tls.clientCertificate = certificate
    }

    private static func unknown(_ option: ConnectionString.Option) -> PoolConfigurationError {
        switch option.name {
        case "service", "passfile":
            ConnectionString.mistake(
                option.name, "given", "no service or password files are read: write out what they say")
        case "client_encoding":
            ConnectionString.mistake(option.name, "given", "it is always UTF-8: leave it out")
        default:
            ConnectionString.mistake(
                option.place, "not known", "PostgreSQL's options here are \(names.joined(separator: ", ")) and pool_…")
        }
    }

    private static func list(_ value: String) -> [String] {
        value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// `-c name=value --name=value`, as a server's command line has them.
    private static func parameters(_ text: String) throws(PoolConfigurationError) -> [String: String] {
        var words: [String] = []
        var word: String?
        var rest = Substring(text)
        while let character = rest.popFirst() {
            if character == "\\" {
                word = (word ?? "") + (rest.popFirst().map(String.init) ?? "")
            } else if character.isWhitespace {
                if let finished = word { words.append(finished) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        var parameters: [String: String] = [:]
        var next = words[...]
        while let word = next.popFirst() {
            let setting =
                if word == "-c" { next.popFirst() } else if word.hasPrefix("--") || word.hasPrefix("-c") {
                    String(word.dropFirst(2))
                } else { String?.none }
            guard let setting, let sign = setting.firstIndex(of: "="), sign > setting.startIndex else {
                throw ConnectionString.mistake(
                    "options", "something else than settings", "must be as in -c name=value -c name=value")
            }
            let name = String(setting[..<sign]).replacing("-", with: "_")
            parameters[name] = String(setting[setting.index(after: sign)...])
        }
        return parameters
    }
}
