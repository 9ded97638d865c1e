/// Why a ``PoolRegistry`` has no such pool, or takes no such definition.
public struct PoolRegistryError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// Nothing is defined by this name.
        case unknownName
        /// No driver is registered for the scheme of the URL.
        case unknownScheme
        /// The password can't be given to the driver, or put into its URL.
        case passwordNotTaken
        /// The name is taken by another driver, URL, password or configuration, or stands in two sources.
        case nameInUse
        /// The scheme is taken by another driver.
        case schemeInUse
        /// The pool has connections of another driver than the one asked for.
        case otherDriver
        /// An empty name or scheme.
        case invalidName
        /// The registry has been shut down.
        case shutDown
    }

    public let code: Code
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    static func unknownName(_ name: String, known: [String]) -> PoolRegistryError {
        let hint = known.isEmpty ? "define() it first" : "defined are \(list(known))"
        return PoolRegistryError(.unknownName, "no pool is defined by the name '\(name)'; \(hint)")
    }

    /// The URL itself is not shown: it may have a password in it.
    static func unknownScheme(_ scheme: String?, of name: String, known: [String]) -> PoolRegistryError {
        let what = scheme.map { "no driver is registered for the scheme '\($0)'" } ?? "the URL begins with no scheme"
        let hint = known.isEmpty ? "register() a driver first" : "known are \(list(known))"
        return PoolRegistryError(.unknownScheme, "pool '\(name)': \(what); \(hint)")
    }

    static func nameInUse(_ name: String, _ difference: String) -> PoolRegistryError {
        PoolRegistryError(
            .nameInUse,
            "pool '\(name)' is defined already with another \(difference); use another name, or remove(_:) it first")
    }

    static func passwordNotTaken(_ name: String, _ what: String) -> PoolRegistryError {
        PoolRegistryError(.passwordNotTaken, "pool '\(name)' has a password, but \(what)")
    }

    static func namedTwice(_ name: String) -> PoolRegistryError {
        PoolRegistryError(
            .nameInUse, "pool '\(name)' stands in two sources, or twice in one; each needs a name of its own")
    }

    static func schemeInUse(_ scheme: String) -> PoolRegistryError {
        PoolRegistryError(.schemeInUse, "the scheme '\(scheme)' has a driver already")
    }

    static func otherDriver(_ name: String, is found: Any.Type, asked: Any.Type) -> PoolRegistryError {
        PoolRegistryError(.otherDriver, "pool '\(name)' has connections of \(found), not of \(asked)")
    }

    static func invalidName(_ what: String) -> PoolRegistryError {
        PoolRegistryError(.invalidName, "\(what) must not be empty")
    }

    static func shutDown(_ name: String) -> PoolRegistryError {
        PoolRegistryError(.shutDown, "pool '\(name)' can't be had: its registry has been shut down")
    }

    /// Some of them, where they are many.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
    }
}
