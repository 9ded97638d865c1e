internal import CPoolingShims

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Which file it is, whatever its name.
struct FileIdentity: Sendable, Hashable {
    var device: UInt64
    var inode: UInt64
    /// The file system gives a number to a new file as soon as the old one is closed, on ext4 at once.
    var birth: Int64

    /// While somebody has one of the two open, its number can't be another file's.
    func isSame(asOpen other: FileIdentity) -> Bool { device == other.device && inode == other.inode }
}

/// What a path names at this moment.
enum FileSight: Sendable, Hashable {
    case file(FileIdentity)
    case nothing
    /// It can't be told, because a folder may not be searched any more, say: no proof of anything.
    case unknown

    /// One system call, about 1 µs. The file is not opened, since closing it again would cancel SQLite's locks (F49).
    static func of(_ path: String) -> FileSight {
        var found = pooling_file_identity()
        switch pooling_identify_file(path, &found) {
        case 0: return .file(FileIdentity(device: found.device, inode: found.inode, birth: found.birth))
        case ENOENT, ENOTDIR, ELOOP: return .nothing
        default: return .unknown
        }
    }

    /// `path` as it will still name the same place after the process has changed its folder.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return String(cString: folder) + "/" + path
    }
}
