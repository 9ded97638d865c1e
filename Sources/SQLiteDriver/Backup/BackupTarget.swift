internal import PoolingCore
internal import PoolingSQL

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Where a backup is to be, and the unfinished file next to it that takes its place at the end. All calls block.
struct BackupTarget: Sendable {
    /// With symbolic links followed, so that a link stays one.
    let path: String
    let folder: String
    let unfinished: String

    /// Finds out whether a backup of the database at `source` may be made there, and makes an empty unfinished file.
    init(path given: String, of source: String) throws(SQLError) {
        if given.isEmpty || given.utf8.contains(0) {
            throw Self.refusal(given, "the path is empty or contains a NUL character; name a file")
        }
        var path = given
        if Self.status(given, followsLinks: false)?.st_mode.isLink == true {
            guard let real = realpath(given, nil) else {
                throw Self.refusal(given, "it is a symbolic link that leads nowhere; remove it or correct the path")
            }
            path = String(cString: real)
            free(real)
        }
        self.path = path
        folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        unfinished = "\(path).unfinished-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        guard let database = Self.status(source) else {
            throw Self.refusal(given, "the file '\(source)' of the database is not there any more")
        }
        try refuse(given, database)
        try refuseNeighbours()
        try makeFile(as: database.st_mode, given)
    }

    private func refuse(_ given: String, _ database: stat) throws(SQLError) {
        // Such a file belongs to a database, perhaps to this one.
        for ending in ["-wal", "-shm", "-journal"] where path.hasSuffix(ending) {
            throw Self.refusal(given, "SQLite keeps the log of a database under such a name; take another")
        }
        if let status = Self.status(path) {
            if status.st_dev == database.st_dev, status.st_ino == database.st_ino {
                throw Self.refusal(given, "that is the database itself; take another file")
            }
            if status.st_mode.isFolder { throw Self.refusal(given, "it is a folder; name a file in it") }
            if !status.st_mode.isFile { throw Self.refusal(given, "it is no regular file; take another") }
        }
        guard let parent = Self.status(folder) else {
            throw Self.refusal(given, "there is no folder '\(folder)'; make it first or correct the path")
        }
        if !parent.st_mode.isFolder { throw Self.refusal(given, "'\(folder)' is no folder; correct the path") }
    }

    /// A log that somebody left there would be taken for the new file's and played into it.
    func refuseNeighbours() throws(SQLError) {
        for ending in ["-wal", "-journal"] where Self.status(path + ending) != nil {
            throw Self.refusal(
                path,
                "there is '\(path)\(ending)', so that a file of this name is or was in use as a database; close it "
                    + "there, or take another name")
        }
    }

    /// Made here and not by SQLite: whoever may not read the database is not to read its backup. Its owner must be able
    /// to write it, even if the database can only be read. The file is new, so that closing it drops nobody's locks
    /// (F49).
    private func makeFile(as mode: mode_t, _ given: String) throws(SQLError) {
        let file = open(unfinished, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode & 0o666 | 0o600)
        if file >= 0 {
            _ = close(file)
            return
        }
        let cause =
            switch errno {
            case EACCES, EPERM: "this user may not write to the folder '\(folder)'; change its permissions"
            case EROFS: "the folder '\(folder)' is on a disk that can only be read; take another"
            case ENOSPC, EDQUOT: "there is no space left; make room"
            case ENAMETOOLONG: "the name is too long; take a shorter one"
            default: "no file can be made in '\(folder)': \(String(cString: strerror(errno)))"
            }
        throw Self.refusal(given, cause)
    }

    /// The unfinished file becomes the backup. Before this, whatever was there is untouched.
    /// - Returns: its size in bytes.
    func finish() throws(SQLError) -> Int {
        try refuseNeighbours()
        guard let size = Self.status(unfinished)?.st_size, rename(unfinished, path) == 0 else {
            throw Self.refusal(path, "the finished copy could not take its place: \(String(cString: strerror(errno)))")
        }
        // SQLite has written the file through to the disk; its name is the folder's matter. Where a folder can't be
        // written through there is nothing else to do.
        let file = open(folder, O_RDONLY | O_CLOEXEC)
        if file >= 0 {
            fsync(file)
            _ = close(file)
        }
        return Int(size)
    }

    /// Removes what is not finished. After ``finish()`` there is nothing.
    ///
    /// The name goes at once. Its blocks go with the last descriptor, which takes a second for some gigabytes: that is
    /// left to another thread, so that who has cancelled need not wait for it.
    func removeUnfinished() {
        let file = open(unfinished, O_RDONLY | O_CLOEXEC)
        for ending in ["", "-journal", "-wal", "-shm"] { unlink(unfinished + ending) }
        if file >= 0 { Task(executorPreference: BlockingExecutor.shared) { _ = close(file) } }
    }

    static func refusal(_ path: String, _ cause: String) -> SQLError {
        SQLError(.cannotOpen, "a backup can't be made in '\(path)': \(cause)")
    }

    private static func status(_ path: String, followsLinks: Bool = true) -> stat? {
        var status = stat()
        return (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 ? status : nil
    }
}

extension mode_t {
    fileprivate var isLink: Bool { self & S_IFMT == S_IFLNK }
    fileprivate var isFolder: Bool { self & S_IFMT == S_IFDIR }
    fileprivate var isFile: Bool { self & S_IFMT == S_IFREG }
}
