extension PoolSpecification {
    /// The URL with the password in it that is valid now: for those that take nothing else, and show neither.
    /// - Throws: what the password's provider throws; ``PoolRegistryError`` if the URL has no place for it.
    package func urlWithPassword() async throws -> String {
        guard let password else { return url }
        guard let whole = URLPassword.insert(try await password.current(), into: url) else {
            throw PoolRegistryError.passwordNotTaken(name, "its URL names no user, or has a password already")
        }
        return whole
    }
}
