#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

enum Processors {
    /// Cores that the system has online.
    static var online: Int { Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
