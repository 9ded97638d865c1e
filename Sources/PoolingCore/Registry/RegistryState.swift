extension PoolRegistry {
    /// What the registry's lock guards.
    struct State {
        var makers: [String: PoolMaker] = [:]
        var definitions: [String: PoolDefinition] = [:]
        /// Forgotten by name, with pools that are being shut down; by ``PoolDefinition/madeAs``.
        var leaving: [UInt64: PoolDefinition] = [:]
        /// What it was filled from, in that order.
        var sources: [any PoolSource] = []
        /// Ends when nobody fills or reloads any more.
        var lastTurn: Task<Void, Never>?
        /// Numbered, so that they can be listed in the order in which they were defined, or made.
        var next: UInt64 = 0
        var made = 0
        var hasWarned = false
        var isShutDown = false

        mutating func leave(_ definition: PoolDefinition) {
            guard definition.made != nil else { return }
            made -= 1
            leaving[definition.madeAs] = definition
        }

        mutating func nextNumber() -> UInt64 {
            next += 1
            return next
        }

        /// - Parameter text: the password now, for a driver that takes it only in its URL.
        func definition(
            _ name: String, url: String, password: PoolPassword?, text: String?, _ configuration: PoolConfiguration
        ) throws(PoolRegistryError) -> PoolDefinition {
            let maker = try maker(of: name, url: url)
            guard password != nil, !maker.takesPassword else {
                return PoolDefinition(name, url: url, password: password, configuration, maker)
            }
            guard let text else {
                throw .passwordNotTaken(
                    name, "its driver takes only a URL; register() it with a closure of (url, password)")
            }
            guard let whole = URLPassword.insert(text, into: url) else {
                throw .passwordNotTaken(
                    name,
                    "its driver takes one only in the URL, which names no user or has one already; write it as in "
                        + "scheme://user@host")
            }
            return PoolDefinition(name, url: url, password: password, driverURL: whole, configuration, maker)
        }

        func maker(of name: String, url: String) throws(PoolRegistryError) -> PoolMaker {
            // What is no scheme may be a password, and is not shown.
            let scheme = url.firstIndex(of: ":").map { url[..<$0].lowercased() }.flatMap { text in
                text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) } ? text : nil
            }
            guard let scheme, let maker = makers[scheme] else {
                throw .unknownScheme(scheme, of: name, known: makers.keys.sorted())
            }
            return maker
        }
    }
}
