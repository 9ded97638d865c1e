#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// SIGPIPE, which OpenSSL raises when it writes to a connection whose other end is gone, and which would end the process
/// unless that ignores it (F40). In plaintext the library itself writes in a way that raises none.
enum BrokenPipe {
    /// Makes calls that may write through TLS: the signal does not leave this thread, and is taken away afterwards.
    static func held<R>(_ body: () throws -> R) rethrows -> R {
        var pipe = sigset_t()
        var former = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        // Whoever has blocked it already sees to it himself.
        guard pthread_sigmask(SIG_BLOCK, &pipe, &former) == 0, sigismember(&former, SIGPIPE) == 0 else {
            return try body()
        }
        let wasPending = isPending
        defer {
            if !wasPending, isPending {
                var taken: CInt = 0
                sigwait(&pipe, &taken)
            }
            pthread_sigmask(SIG_SETMASK, &former, nil)
        }
        return try body()
    }

    private static var isPending: Bool {
        var pending = sigset_t()
        return sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1
    }
}
