import Logging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How many threads this process has.
func threads() -> Int {
    guard let folder = opendir("/proc/self/task") else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while let entry = readdir(folder) { count += entry.pointee.d_name.0 == UInt8(ascii: ".") ? 0 : 1 }
    return count
}

struct SilentLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.critical
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
    func log(event: LogEvent) {}
}
