#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A call of the library on a connection that is encrypted, or may become so: it touches the thread that it runs on.
enum TLSCall {
    /// Runs it so that neither what other connections have done on this thread nor this one's end is felt.
    static func run<R>(_ body: () throws -> R) rethrows -> R {
        forgetErrors?()
        return try holdingBack(SIGPIPE, body)
    }

    /// OpenSSL keeps the errors of a thread until somebody takes them. The library doesn't, and would take one of another
    /// connection for its own when it asks whether it has to wait.
    private static let forgetErrors: (@convention(c) () -> Void)? = {
        // Nil where the library uses something else.
        guard let symbol = dlsym(dlopen(nil, RTLD_NOW), "ERR_clear_error") else { return nil }
        return unsafeBitCast(symbol, to: (@convention(c) () -> Void).self)
    }()

    /// The library writes to a plain socket without a signal, but OpenSSL writes to an encrypted one with `write`: when the
    /// other side has gone, SIGPIPE would end the process (F34, F40). It goes to the thread that writes, so that holding it
    /// back there, for as long as the call takes, is enough.
    private static func holdingBack<R>(_ signal: CInt, _ body: () throws -> R) rethrows -> R {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, signal)
        var former = sigset_t()
        // Where it is held back already, it is for whoever does so to see to it.
        guard pthread_sigmask(SIG_BLOCK, &signals, &former) == 0, sigismember(&former, signal) == 0 else {
            return try body()
        }
        defer {
            var pending = sigset_t()
            if sigpending(&pending) == 0, sigismember(&pending, signal) == 1 { take(&signals) }
            pthread_sigmask(SIG_SETMASK, &former, nil)
        }
        return try body()
    }

    /// Without waiting: one that was for all of the process may have been taken by another thread.
    private static func take(_ signals: inout sigset_t) {
        #if canImport(Darwin)
            var number: CInt = 0
            sigwait(&signals, &number)
        #else
            var none = timespec()
            sigtimedwait(&signals, nil, &none)
        #endif
    }
}
