internal import Synchronization

/// A database in memory, and what keeps it there: SQLite frees it when its last connection closes, which a pool may do
/// at any time (F48).
///
/// The keeper is a connection that nobody uses. It opens with the first other one and closes with the last reference to
/// this object, which drivers and their connections hold.
final class MemoryDatabase: Sendable {
    /// What drivers of this process share it by. nil: only copies of one driver share it.
    let name: String?
    /// The keeper closes later than its object dies. With a number in SQLite's name for it, whoever takes the same name
    /// in between does not find what was to be forgotten.
    private let number: Int
    private let keeper = Mutex<SQLiteConnection?>(nil)

    init() {
        name = nil
        number = Self.nextNumber()
    }

    private init(registering name: String) {
        self.name = name
        number = Self.nextNumber()
    }

    deinit {
        if let name {
            let number = number
            Self.named.withLock { named in if named[name]?.number == number { named[name] = nil } }
        }
        if let keeper = keeper.withLock({ $0.take() }) { Task.detached { await keeper.close() } }
    }

    /// For `sqlite3_open_v2` with `SQLITE_OPEN_URI`. The slash makes it one for all connections of the process. The
    /// number comes first, because SQLite cuts long names.
    var uri: String { "file:/\(number)\(name.map { "-" + Self.escaped($0) } ?? "")?vfs=memdb" }

    /// Returns when the keeper is there.
    func keep(open: () throws -> SQLiteConnection) throws {
        try keeper.withLock { keeper in
            if keeper == nil { keeper = try open() }
        }
    }

    // MARK: Names

    /// No reference to a database may be let go of under the lock: its `deinit` takes it.
    private static let named = Mutex<[String: Registration]>([:])
    private static let numbers = Atomic<Int>(0)

    private static func nextNumber() -> Int { numbers.wrappingAdd(1, ordering: .relaxed).newValue }

    private struct Registration {
        weak var database: MemoryDatabase?
        let number: Int
    }

    /// The one of this name, as long as somebody has it; else a new one.
    static func named(_ name: String) -> MemoryDatabase {
        named.withLock { named in
            if let database = named[name]?.database { return database }
            let database = MemoryDatabase(registering: name)
            named[name] = Registration(database: database, number: database.number)
            return database
        }
    }

    private static func escaped(_ name: String) -> String {
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        var escaped = String.UnicodeScalarView()
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                escaped.append(Unicode.Scalar(byte))
            default: escaped += ["%", digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(escaped)
    }
}
