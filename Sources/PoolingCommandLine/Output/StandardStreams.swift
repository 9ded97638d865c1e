internal import Foundation

/// `FileHandle.write` traps where a stream is closed or full; this doesn't.
enum StandardStreams {
    static func write(_ text: String) throws(CommandFailure) {
        if let cause = write(text, to: STDOUT_FILENO) {
            if errno == EPIPE { endWithReader() }
            throw CommandFailure(
                kind: .failed, message: "the result could not be written to standard output: \(cause)")
        }
    }

    /// Whoever read has seen enough, as `head` has: that is no error, and is ended as it ends others. Client libraries ignore
    /// the signal for the whole process (F40).
    private static func endWithReader() {
        signal(SIGPIPE, SIG_DFL)
        kill(getpid(), SIGPIPE)
    }

    /// Where standard error itself fails, there is nobody left to tell.
    static func writeError(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    /// - Returns: what went wrong.
    static func write(_ text: String, to descriptor: Int32) -> String? {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written >= 0 {
                bytes = bytes.dropFirst(written)
            } else if errno != EINTR {
                return String(cString: strerror(errno))
            }
        }
        return nil
    }
}
