internal import CLibPQ

/// The libpq that this process runs with.
enum LibPQ {
    /// 150004 for 15.4. It may be another one than that of the headers.
    static var version: Int { Int(PQlibVersion()) }

    /// Something that a connection can be told, as libpq itself lists it.
    struct Option: Sendable, Hashable {
        var keyword: String
        /// The environment variable that libpq takes it from if it is not told.
        var variable: String?
        /// What it is then without the variable.
        var preset: String?
    }

    /// Every option that it knows. Asks neither the environment nor a file.
    static let options: [Option] = {
        guard let list = PQconninfoParse("", nil) else { return [] }
        defer { PQconninfoFree(list) }
        var options: [Option] = []
        var next = list
        // A keyword that is NULL ends the list.
        while let keyword = next.pointee.keyword {
            options.append(
                Option(
                    keyword: String(cString: keyword),
                    variable: next.pointee.envvar.map { String(cString: $0) },
                    preset: next.pointee.compiled.map { String(cString: $0) }))
            next += 1
        }
        return options
    }()
}
