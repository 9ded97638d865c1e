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
    /// the process had said of it is put back, since every write is made in a way that raises none (F40).
    static let isReady: Bool = {
        var former = sigaction()
        let isKnown = sigaction(SIGPIPE, nil, &former) == 0
        let isReady = mysql_server_init(0, nil, nil) == 0
        if let probe = mysql_init(nil) { mysql_close(probe) }
        if isKnown { sigaction(SIGPIPE, &former, nil) }
        return isReady
    }()

    /// The version of the library that this process runs with, such as "3.3.20".
    static var version: String { mysql_get_client_info().map { String(cString: $0) } ?? "" }
}
