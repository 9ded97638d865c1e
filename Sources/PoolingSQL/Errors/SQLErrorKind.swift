extension SQLError {
    /// Kinds of failure that mean the same on every database. A driver may add its own.
    public struct Kind: Sendable, Hashable, CustomStringConvertible {
        public let name: String
        public init(_ name: String) { self.name = name }
        public var description: String { name }

        // MARK: The connection

        /// The connection is gone, and the statement had no effect.
        public static let connectionLost = Kind("connectionLost")
        /// The connection is gone, and whether the statement was executed can't be known: look before repeating it.
        public static let mayHaveExecuted = Kind("mayHaveExecuted")
        public static let tooManyConnections = Kind("tooManyConnections")
        /// Unknown user, wrong password, or no right to this database.
        public static let authentication = Kind("authentication")
        /// The database can't be opened: wrong path, no permission.
        public static let cannotOpen = Kind("cannotOpen")

        /// The rows of a stream are being read on this connection, which can do nothing else meanwhile.
        public static let streamOpen = Kind("streamOpen")

        // MARK: Transactions and locks

        /// Someone else holds a lock, and it did not become free in time. The statement had no effect.
        public static let busy = Kind("busy")
        /// What this transaction has read has changed: repeat the whole transaction.
        public static let serialization = Kind("serialization")
        /// The database ended this transaction to break a deadlock: repeat the whole transaction.
        public static let deadlock = Kind("deadlock")
        /// The database ended the transaction by itself, with its changes undone. Statements that were to be part of
        /// it are refused, so that none of them takes effect alone (F44).
        public static let transactionLost = Kind("transactionLost")
        /// A write where only reading is possible.
        public static let readOnly = Kind("readOnly")

        // MARK: Constraints

        public static let uniqueViolation = Kind("uniqueViolation")
        public static let foreignKeyViolation = Kind("foreignKeyViolation")
        public static let notNullViolation = Kind("notNullViolation")
        public static let checkViolation = Kind("checkViolation")

        // MARK: The statement

        /// The statement can't be understood, names what does not exist, or has another number of placeholders than
        /// of values.
        public static let syntax = Kind("syntax")
        /// A value is not of the type that was asked for, or that the column takes.
        public static let typeMismatch = Kind("typeMismatch")
        /// The row has no such column.
        public static let noSuchColumn = Kind("noSuchColumn")
        /// The statement was stopped by something else than the cancellation of its task, which throws
        /// `CancellationError`.
        public static let interrupted = Kind("interrupted")

        // MARK: The store

        public static let corrupt = Kind("corrupt")
        public static let notADatabase = Kind("notADatabase")
        public static let diskFull = Kind("diskFull")
        /// The file that was open is not the one that its path names any more. Nothing more is executed on it, and the
        /// message tells whether the statement's changes are in the old file (F47).
        public static let fileReplaced = Kind("fileReplaced")

        /// None of the above: see the code and the message.
        public static let other = Kind("other")
    }
}
