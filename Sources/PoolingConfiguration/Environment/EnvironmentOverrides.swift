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

    /// Answers for `pools.NAME.…`.
    var ofPools: any ConfigProvider {
        KeyMappingProvider(upstream: provider) { [prefix] key in
            AbsoluteConfigKey([prefix] + key.components.dropFirst())
        }
    }

    /// Answers for `pools.NAME.…` with what is set for the defaults.
    var ofDefaults: any ConfigProvider {
        KeyMappingProvider(upstream: provider) { [prefix] key in
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
        var keys: [String: String] = [:]
        for name in PoolLayers.defaultKeys { keys[self.name(of: ["defaults"] + name)] = "defaults" }
        for pool in contents.pools {
            var other: String?
            for name in PoolLayers.poolKeys {
                let variable = self.name(of: [pool.name] + name)
                if let taken = keys.updateValue(pool.name, forKey: variable), taken != pool.name { other = taken }
            }
            if let other {
                let variable = name(of: [pool.name, "max"])
                mistakes.add(
                    "pools.\(pool.name) and \(other == "defaults" ? other : "pools.\(other)") are set by the same "
                        + "environment variables, such as \(variable); give it another name", at: pool.position)
            }
        }
        if variables.isEmpty { return }
        let known = keys.keys.sorted()
        for variable in variables.keys.sorted() where keys[variable] == nil {
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
