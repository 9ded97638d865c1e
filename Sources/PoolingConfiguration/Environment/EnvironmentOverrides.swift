internal import Configuration

/// Variables that take the place of values in a file: `POOLS_MAIN_ACQUIRE_TIMEOUT` that of `pools.main.acquireTimeout`.
struct EnvironmentOverrides {
    private let prefix: String
    /// Those that begin with the prefix.
    private let variables: [String: String]
    private let provider: EnvironmentVariablesProvider

    /// - Parameter prefix: nil: none is looked at.
    init(prefix: String?, in environment: [String: String]) {
        self.prefix = prefix ?? ""
        variables = prefix.map { prefix in environment.filter { $0.key.hasPrefix("\(prefix)_") } } ?? [:]
        provider = EnvironmentVariablesProvider(
            environmentVariables: variables, secretsSpecifier: .all)
    }

    /// Letters, digits and underscores.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 128 && !("0"..."9").contains(name.first ?? "0")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Answers for `pools.NAME.…`; nil: there is nothing to answer.
    var ofPools: (any ConfigProvider)? {
        if variables.isEmpty { return nil }
        return KeyMappingProvider(upstream: provider) { [prefix] key in
            AbsoluteConfigKey([prefix] + key.components.dropFirst())
        }
    }

    /// Answers for `pools.NAME.…` with what is set for the defaults; as above.
    var ofDefaults: (any ConfigProvider)? {
        if variables.isEmpty { return nil }
        return KeyMappingProvider(upstream: provider) { [prefix] key in
            AbsoluteConfigKey([prefix, "defaults"] + key.components.dropFirst(2))
        }
    }

    /// The variable for a key: `["main", "acquireTimeout"]`.
    func name(of components: [String]) -> String {
        let key = AbsoluteConfigKey([prefix] + components)
        return (try? provider.value(forKey: key, type: .string).encodedKey) ?? ""
    }

    /// Finds variables that override nothing, and names of pools that mean the same variable.
    func check(_ contents: FileContents, _ mistakes: inout MistakeList) {
        if prefix.isEmpty { return }
        // No key's variable ends like another's (a test sees to it), so that the names alone decide.
        var names = [name(of: ["defaults"]): "defaults"]
        for pool in contents.pools {
            let path = "pools.\(pool.name)"
            let name = self.name(of: [pool.name])
            if let other = names.updateValue(path, forKey: name) {
                mistakes.add(
                    "\(path) and \(other) are set by the same environment variables, such as \(name)_MAX; give it another "
                        + "name", at: pool.position)
            }
        }
        if variables.isEmpty { return }
        var keys = Set(PoolLayers.defaultKeys.map { name(of: ["defaults"] + $0) })
        for pool in contents.pools { keys.formUnion(PoolLayers.poolKeys.map { name(of: [pool.name] + $0) }) }
        let known = keys.sorted()
        for variable in variables.keys.sorted() where !keys.contains(variable) {
            let shown = Self.isName(variable) ? "environment variable \(variable)" : "an environment variable"
            if let near = Spelling.nearest(to: variable, among: known) {
                mistakes.add("\(shown) overrides nothing; did you mean \(near)?")
            } else {
                mistakes.add(
                    "\(shown) overrides nothing: after \(prefix)_ come the name of a pool of this file, or DEFAULTS, and "
                        + "a key, as in \(prefix)_MAIN_MAX")
            }
        }
    }
}
