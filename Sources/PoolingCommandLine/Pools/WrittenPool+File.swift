internal import PoolingConfiguration
internal import PoolingCore

extension WrittenPool {
    /// The pools of a file, in its order.
    /// - Parameter names: which of them; empty: all.
    /// - Throws: ``CommandFailure`` with every mistake that the file has.
    static func all(inFile path: String, named names: [String], _ registry: DriverRegistry) async throws
        -> [WrittenPool]
    {
        let pools = PoolRegistry()
        // Those that were added later have their schemes first.
        for driver in registry.drivers.reversed() { driver.enroll(pools) }
        let specifications: [PoolSpecification]
        do {
            specifications = try await PoolFile(path).pools(checkedBy: pools.check)
        } catch let error as PoolFileError {
            throw CommandFailure.usage("--config \(path):\n\(error)")
        } catch {
            throw CommandFailure.usage("--config \(path): \(error)")
        }
        if specifications.isEmpty { throw CommandFailure.usage("--config \(path): has no pools") }
        var written: [WrittenPool] = []
        for specification in try Self.picked(specifications, names, path) {
            written.append(try await WrittenPool(specification, inFile: path, registry))
        }
        return written
    }

    /// In the order of the names, each once.
    private static func picked(
        _ specifications: [PoolSpecification], _ names: [String], _ path: String
    ) throws(CommandFailure) -> [PoolSpecification] {
        if names.isEmpty { return specifications }
        var picked: [PoolSpecification] = []
        for name in names.withoutRepetitions {
            guard let specification = specifications.first(where: { $0.name == name }) else {
                let known = specifications.map(\.name)
                let near = Spelling.nearest(to: name, among: known).map { "did you mean \($0)? " } ?? ""
                throw .usage(
                    "--pool \(name): --config \(path) has no such pool; \(near)it has \(known.joined(separator: ", "))")
            }
            picked.append(specification)
        }
        return picked
    }

    private init(_ specification: PoolSpecification, inFile path: String, _ registry: DriverRegistry) async throws {
        let place = "--config \(path): pool '\(specification.name)'"
        guard let driver = registry.driver(for: TargetURL(specification.url)) else {
            throw CommandFailure.usage("\(place): no driver has the scheme of its URL")
        }
        var url = registry.url(specification.url)
        var provider: PasswordProvider?
        if let password = specification.password {
            do {
                let text = try await password.current()
                let whole = driver.takesPassword ? specification.url : try await specification.urlWithPassword()
                url = registry.url(whole, password: text)
            } catch {
                throw CommandFailure.usage("\(place): \(url.redact("\(error)"))")
            }
            if driver.takesPassword { provider = { try await password.current() } }
        }
        self.init(
            name: specification.name, url: url, password: provider, driver: driver,
            configuration: specification.configuration, place: place)
    }
}
