internal import Foundation
internal import Synchronization

/// Where the result goes, opened before the first run, so that nobody measures for minutes and then has no place to put
/// it.
struct OutputFile: ~Copyable {
    let path: String
    private let descriptor: Int32
    private let isNew: Bool
    /// Those that are there only because of this, and empty so far.
    private static let unwritten = Mutex<Set<String>>([])

    /// - Parameter option: by which it was named.
    /// - Throws: ``CommandFailure`` that names the option.
    init(path: String, option: String = "--output") throws(CommandFailure) {
        self.path = path
        isNew = !FileManager.default.fileExists(atPath: path)
        // What is in it stays until there is something better.
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        if descriptor < 0 {
            if path.isEmpty { throw .usage("\(option) is empty: name a file") }
            throw .usage("\(option) \(path) can't be written: \(String(cString: strerror(errno)))")
        }
        if isNew { Self.unwritten.withLock { _ = $0.insert(path) } }
    }

    /// Replaces what is in the file.
    consuming func write(_ text: String) throws(CommandFailure) {
        if let cause = replaceContents(text) {
            let message = "the result could not be written to \(path): \(cause)"
            discard()
            throw CommandFailure(kind: .failed, message: message)
        }
        close(descriptor)
    }

    /// - Returns: what went wrong.
    private borrowing func replaceContents(_ text: String) -> String? {
        let path = path
        Self.unwritten.withLock { _ = $0.remove(path) }
        // A device or a pipe can't be cut, and needs not be.
        _ = ftruncate(descriptor, 0)
        return StandardStreams.write(text, to: descriptor)
    }

    /// Nothing is to be written after all: a file that is there only because of this goes.
    consuming func discard() {
        close(descriptor)
        if isNew { unlink(path) }
        let path = path
        Self.unwritten.withLock { _ = $0.remove(path) }
    }

    /// For a signal that ends the process before there is a result.
    static func discardUnwritten() {
        for path in unwritten.withLock({ $0 }) { unlink(path) }
    }

    static func isSame(_ a: String, _ b: String) -> Bool { absolute(a) == absolute(b) }

    static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}
