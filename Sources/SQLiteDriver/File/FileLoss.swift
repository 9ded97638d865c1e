internal import PoolingSQL

/// How the path of an open database came to name something else (F47).
enum FileLoss: Sendable, Hashable {
    case deleted
    case replaced

    /// nil: the path names `identity`, or nobody can tell.
    init?(_ sight: FileSight, of identity: FileIdentity) {
        switch sight {
        case .file(let found):
            if found.isSame(asOpen: identity) { return nil }
            self = .replaced
        case .nothing: self = .deleted
        case .unknown: return nil
        }
    }

    /// When it was found, which decides what a program has to do.
    enum Moment {
        /// The statement was not executed, or what it had done was undone.
        case before
        /// The statement's changes are in the old file.
        case after
        /// Instead of opening the file.
        case opening
    }

    func error(_ path: String, _ moment: Moment) -> SQLError {
        let happened =
            switch self {
            case .deleted: "'\(path)' was deleted or moved away"
            case .replaced: "'\(path)' was replaced: the path names another file now, not the one that was open,"
            }
        let consequence =
            switch moment {
            case .before: "the statement had no effect"
            case .after: "this write was committed, but into the old file"
            case .opening: "no connection is opened, and no new file is made in its place"
            }
        // SQLite leaves the log where it is when it closes a lost file, and takes it for the new file's afterwards.
        let warning =
            switch self {
            case .deleted: ""
            case .replaced:
                "; but first remove a '\(path)-wal' that was not replaced along with it, or the old log is applied to "
                    + "the new file"
            }
        return SQLError(
            .fileReplaced,
            "\(happened) while connections had it open; \(consequence). What was written lately may be in the old file "
                + "only, and nothing more is executed: put the old file back, or accept what the path names now by "
                + "making a new pool with a new SQLite(path:)\(warning)")
    }
}
