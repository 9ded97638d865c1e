internal import CSQLite
internal import PoolingCore
internal import PoolingSQL

extension SQLite {
    /// SQLite would take the later of two functions or collations with one name, and cut a name at a NUL.
    func checkFunctions() throws(PoolConfigurationError) {
        var known: Set<String> = []
        for function in functions {
            try Self.check(name: function.name, field: "functions")
            if let count = function.arguments, !(0...127).contains(count) {
                throw PoolConfigurationError(
                    field: "functions", value: "'\(function.name)' of \(count) arguments",
                    rule: "a function takes 0 to 127 arguments, or nil for any number")
            }
            let number = function.arguments.map { "\($0)" } ?? "any number of"
            if !known.insert("\(Self.folded(function.name)) \(number)").inserted {
                throw PoolConfigurationError(
                    field: "functions", value: "'\(function.name)' of \(number) arguments",
                    rule: "there must be one function of each name and number of arguments (case does not count)")
            }
        }
        known = ["BINARY", "NOCASE", "RTRIM"]
        for collation in collations {
            try Self.check(name: collation.name, field: "collations")
            if !known.insert(Self.folded(collation.name)).inserted {
                throw PoolConfigurationError(
                    field: "collations", value: "'\(collation.name)'",
                    rule:
                        "there must be one collation of each name (case does not count), and BINARY, NOCASE and RTRIM "
                        + "are SQLite's own")
            }
        }
    }

    private static func check(name: String, field: String) throws(PoolConfigurationError) {
        if name.isEmpty || name.utf8.count > 255 || name.utf8.contains(0) {
            throw PoolConfigurationError(
                field: field, value: "'\(name)'", rule: "a name must have 1 to 255 bytes of UTF-8 and no NUL")
        }
    }

    /// As SQLite compares names: only ASCII has cases.
    private static func folded(_ name: String) -> String {
        String(decoding: name.utf8.map { (97...122).contains($0) ? $0 - 32 : $0 }, as: UTF8.self)
    }
}

extension SQLiteConnection {
    /// Doing it twice is harmless: the same takes the place of the same.
    func addFunctions() throws(SQLiteFailure) {
        noteCall()
        for function in settings.functions {
            var flags = SQLITE_UTF8 | (function.isUsableInSchema ? SQLITE_INNOCUOUS : SQLITE_DIRECTONLY)
            if function.isDeterministic { flags |= SQLITE_DETERMINISTIC }
            try accept(function.body.install(in: database, arguments: function.arguments, flags: flags), function.name)
        }
        for collation in settings.collations {
            try accept(collation.body.install(in: database, name: collation.name), collation.name)
        }
    }

    private func accept(_ code: Int32, _ name: String) throws(SQLiteFailure) {
        if code == SQLITE_OK { return }
        var error = SQLError.sqlite(code, of: database, path: settings.path)
        error.kind = .cannotOpen
        error.message = "'\(settings.path)' can't be used as configured: '\(name)' was refused: \(error.message)"
        throw .refused(error)
    }
}
