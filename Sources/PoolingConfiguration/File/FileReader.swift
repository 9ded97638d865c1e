internal import PoolingCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Small files, read whole on a thread that may block.
enum FileReader {
    /// Threads for this alone: a file on a network that does not answer keeps no driver waiting.
    private static let executor = BlockingExecutor(name: "pool-files", threads: 4)

    /// Why not, as the end of a sentence about the file.
    struct Failure: Error, Hashable {
        var reason: String
    }

    /// - Parameter limit: in bytes.
    /// - Throws: ``Failure``.
    static func bytes(of path: String, limit: Int) async throws -> [UInt8] {
        try await executor.run { try read(path, limit: limit) }
    }

    private static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        if path.isEmpty { throw Failure(reason: "has no name") }
        if path.utf8.contains(0) { throw Failure(reason: "has a NUL in its name") }
        // Without waiting for somebody to open the other end of a pipe.
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        if file < 0 { throw Failure(reason: reason(errno)) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw Failure(reason: reason(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(reason: "is no file that can be read: a folder, a pipe or a device")
        }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = part.withUnsafeMutableBytes { Self.fill($0, from: file) }
            if count < 0 { throw Failure(reason: reason(errno)) }
            if count == 0 { return bytes }
            bytes += part[..<count]
            // It may grow while it is read.
            if bytes.count > limit { throw Failure(reason: "is larger than \(limit / 1024) KiB") }
        }
    }

    private static func fill(_ buffer: UnsafeMutableRawBufferPointer, from file: Int32) -> Int {
        while true {
            let count = readSome(file, buffer.baseAddress, buffer.count)
            if count >= 0 || errno != EINTR { return count }
        }
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT, ENOTDIR: "does not exist"
        case EACCES, EPERM: "may not be read by this user"
        case ELOOP: "is a link that leads to itself"
        case ENAMETOOLONG: "has too long a name"
        default: "can't be read (error \(code) of the system)"
        }
    }
}

/// `read`, which has this name in the type above.
private func readSome(_ file: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(file, buffer, count)
}
