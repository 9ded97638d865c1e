internal import Configuration
internal import Synchronization

/// One pool's keys, each answered by the highest layer that has a value: the environment over the file, and both over the
/// same two for the defaults; what stands in a URL counts like what stands beside it.
struct PoolLayers {
    /// In the order in which they are asked.
    enum Layer: Int, CaseIterable {
        case environment
        /// Parameters of a URL that stands in the environment.
        case environmentURL
        case file
        /// Parameters of a URL that stands in the file.
        case fileURL
        case environmentDefaults
        case fileDefaults
    }

    struct Answer {
        var text: String
        var layer: Layer
    }

    static let settingKeys = PoolSettings.all.map(\.path)
    static let passwordKeys = [["password"], ["password", "file"], ["password", "env"]]
    static let defaultKeys = settingKeys + passwordKeys
    static let poolKeys = defaultKeys + [["url"]]

    private let reader: ConfigReader
    private let recorder = Recorder()
    private let providers: [any ConfigProvider]
    private let name: String

    init(_ name: String, _ environment: EnvironmentOverrides, _ file: FileProviders) {
        self.init(
            name,
            [
                environment.ofPools ?? Self.nothing, Self.nothing, file.ofPools, Self.nothing,
                environment.ofDefaults ?? Self.nothing, file.ofDefaults,
            ])
    }

    private init(_ name: String, _ providers: [any ConfigProvider]) {
        self.name = name
        self.providers = providers
        reader = ConfigReader(providers: providers, accessReporter: recorder).scoped(to: ConfigKey(["pools", name]))
    }

    private static let nothing = InMemoryProvider(name: "nothing", values: [:])

    /// The same with the parameters of a URL, which count like values of the layer that has the URL.
    func adding(_ parameters: [URLParameters.Parameter], of layer: Layer) -> PoolLayers {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for parameter in parameters {
            values[AbsoluteConfigKey(["pools", name] + parameter.setting.path)] =
                ConfigValue(.string(parameter.text), isSecret: true)
        }
        var providers = self.providers
        providers[(layer == .environment ? Layer.environmentURL : .fileURL).rawValue] =
            InMemoryProvider(name: "URL", values: values)
        return PoolLayers(name, providers)
    }

    /// Everything is read as a secret: nobody knows what was written in the wrong place, and the library can be made to log
    /// what is asked for.
    func value(of path: [String]) -> Answer? {
        guard let text = reader.string(forKey: ConfigKey(path), isSecret: true),
            let layer = recorder.answered.withLock(\.self)
        else { return nil }
        return Answer(text: text, layer: layer)
    }

    /// Whether a single layer has a value.
    func has(_ path: [String], in layer: Layer) -> Bool {
        let key = AbsoluteConfigKey(["pools", name] + path)
        return (try? providers[layer.rawValue].value(forKey: key, type: .string).value) != nil
    }

    /// Remembers which provider has answered: those before it had nothing.
    private final class Recorder: AccessReporter {
        let answered = Mutex<Layer?>(nil)
        func report(_ event: AccessEvent) {
            let layer = Layer(rawValue: event.providerResults.count - 1)
            answered.withLock { $0 = layer }
        }
    }
}

/// What a file says, for the layers.
struct FileProviders {
    private let provider: InMemoryProvider

    init(_ contents: FileContents) {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (path, section) in contents.pools.map({ (["pools", $0.name], $0) }) + [(["defaults"], contents.defaults)] {
            for (name, value) in section.values {
                let parts = name.split(separator: ".").map(String.init)
                values[AbsoluteConfigKey(path + parts)] = ConfigValue(
                    .string(value.isNull ? "none" : value.text), isSecret: true)
            }
        }
        provider = InMemoryProvider(name: "file", values: values)
    }

    var ofPools: any ConfigProvider { provider }

    var ofDefaults: any ConfigProvider {
        KeyMappingProvider(upstream: provider) { AbsoluteConfigKey(["defaults"] + $0.components.dropFirst(2)) }
    }
}
