internal import CMariaDB
internal import PoolingSQL

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The library of this process, which wants to be begun before threads use it.
enum LibMariaDB {
    /// Once, before the first connection. The library sets SIGPIPE to be ignored by the whole process when it begins; what
    /// the process had said of it is put back, since every write is made in a way that raises none, or with ``BrokenPipe`` (F40).
    static let isReady: Bool = {
        var former = sigaction()
        let isKnown = sigaction(SIGPIPE, nil, &former) == 0
        let isReady = mysql_server_init(0, nil, nil) == 0
        if let probe = mysql_init(nil) { mysql_close(probe) }
        if isKnown { sigaction(SIGPIPE, &former, nil) }
        return isReady
    }()

    /// Whether it takes settings from the environment against its caller's word, which it does from 3.4 on.
    static var isHeedful: Bool { mysql_get_client_version() >= 30_400 }

    /// The version of the library that this process runs with, such as "3.3.20".
    static var version: String { mysql_get_client_info().map { String(cString: $0) } ?? "" }
}
