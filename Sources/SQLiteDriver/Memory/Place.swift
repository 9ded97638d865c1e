/// Where a database is.
enum Place: Sendable {
    case file(String)
    /// For one connection at a time.
    case privateMemory(MemoryDatabase)
    case sharedMemory(MemoryDatabase)

    init(path: String) {
        self = path == Self.memoryPath ? .privateMemory(MemoryDatabase()) : .file(path)
    }

    static let memoryPath = ":memory:"

    var path: String {
        switch self {
        case .file(let path): path
        case .privateMemory, .sharedMemory: Self.memoryPath
        }
    }

    var memory: MemoryDatabase? {
        switch self {
        case .file: nil
        case .privateMemory(let memory), .sharedMemory(let memory): memory
        }
    }
}

extension Place: CustomStringConvertible {
    var description: String {
        switch self {
        case .file(let path): path
        case .privateMemory: Self.memoryPath
        case .sharedMemory(let memory):
            if let name = memory.name { "\(Self.memoryPath) shared as '\(name)'" } else { "\(Self.memoryPath) shared" }
        }
    }
}
