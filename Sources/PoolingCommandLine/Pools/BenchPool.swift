internal import PoolingCore

/// A pool that is measured: what is written of it, with `--min` and `--max` over that.
struct BenchPool: Sendable {
    var written: WrittenPool
    /// Ascending. More than one: a sweep, which ends in a recommendation.
    var maxes: [Int]

    /// The largest that is tried.
    var configuration: PoolConfiguration { written.configuration }
    var driver: RegisteredDriver { written.driver }
    var url: TargetURL { written.url }
    var name: String? { written.name }
    var min: Int { configuration.min }

    /// `--min` and `--max` as they were typed.
    struct Sizes: Sendable {
        var min: Int?
        var maxes: [Int]?

        init(_ command: BenchCommand) throws(CommandFailure) {
            min = try command.min.map { min throws(CommandFailure) in try OptionValue.min(min) }
            maxes = try command.max.map { text throws(CommandFailure) in try OptionValue.maxes(text) }
        }
    }

    /// What counts for a URL that says nothing of it.
    static func usual(_ scenario: Scenario?) -> PoolConfiguration {
        switch scenario {
        case nil: PoolConfiguration(min: 2, max: 8)
        case .prediction: PoolConfiguration(min: 2, max: 4)
        case .spike: PoolConfiguration(min: 5, max: 50)
        // Short, so that something runs into it while the backend is away.
        case .outage: PoolConfiguration(min: 2, max: 8, acquireTimeout: .seconds(1))
        }
    }

    /// - Throws: ``CommandFailure`` if the sizes contradict each other.
    init(_ written: WrittenPool, _ sizes: Sizes) throws(CommandFailure) {
        self.written = written
        maxes = sizes.maxes ?? [written.configuration.max]
        let least = maxes.first ?? 1
        if let min = sizes.min {
            guard min <= least else {
                throw .usage(
                    sizes.maxes == nil && !isUsual("max")
                        ? "--min \(min) is more than the max of \(whose), which is \(least)"
                        : "--min \(min) is more than --max \(least)")
            }
            self.written.configuration.min = min
        } else if isUsual("min") {
            // Nobody has asked for so many.
            self.written.configuration.min = Swift.min(min, least)
        } else if sizes.maxes != nil, min > least {
            throw .usage("--max \(least) is less than the min of \(whose), which is \(min); --min would be over it")
        }
        for max in maxes {
            self.written.configuration.max = max
            do { try configuration.validate() } catch { throw .usage("\(written.place): \(error)") }
        }
    }

    /// One that has no URL yet.
    init(embedded driver: RegisteredDriver, over base: PoolConfiguration, _ sizes: Sizes) throws(CommandFailure) {
        let written = WrittenPool(
            url: TargetURL(""), driver: driver, configuration: base, fields: [], place: "--url")
        try self.init(written, sizes)
    }

    /// In a folder of its own; nil if the driver can't do without a URL.
    func embedded(inFolder folder: String) -> BenchPool? {
        guard let url = driver.embeddedURL(folder).map({ TargetURL($0) }) else { return nil }
        var pool = self
        pool.written.url = url
        pool.written.place = "--url \(url.shown)"
        return pool
    }

    /// Whether nobody has written it.
    func isUsual(_ field: String) -> Bool { written.fields.map { !$0.contains(field) } ?? false }

    private var whose: String { name.map { "pool '\($0)'" } ?? url.shown }
}
