internal import PoolingCore

/// What `pooling bench` was asked for, checked: every contradiction is found before anything is opened (F68).
struct BenchRequest: Sendable {
    var urls: [TargetURL]
    var min: Int
    /// Ascending. More than one: a sweep, which ends in a recommendation.
    var maxes: [Int]
    var clients: [Int]
    /// Operations per second that arrive whatever becomes of those before. Empty: clients that wait for each answer.
    var rates: [Double]
    var duration: Duration
    var warmup: Duration
    var workloads: [Workload]
    var modes: [ConnectionMode]
    var executors: [ClientExecutor]
    var format: OutputFormat
    /// nil: loads are measured.
    var scenario: Scenario?
    var connectDelay: Duration
    /// How much longer an operation keeps its connection. nil: no longer than it needs.
    var serviceTime: ServiceTime?
    /// Of the throughput of a pool that is always busy.
    var loads: [Double]
    var rounds: Int
    var outage: Duration

    static let mostClients = 10_000

    /// - Throws: ``CommandFailure`` that names the option.
    init(_ command: BenchCommand, registry: DriverRegistry) throws(CommandFailure) {
        urls = Self.distinct(command.url).map(TargetURL.init)
        for url in urls where registry.driver(for: url) == nil { throw Self.unknown(url, registry) }
        let drivers =
            urls.isEmpty ? [registry.embedded].compactMap(\.self) : urls.compactMap { registry.driver(for: $0) }
        if drivers.isEmpty { throw .usage("--url is missing: none of the drivers can do without") }
        scenario = try command.scenario.map { name throws(CommandFailure) in
            try Self.choice(name, "--scenario")
        }
        let isSpike = scenario == .spike
        min = command.min ?? (isSpike ? 5 : 2)
        guard min >= 0 else { throw .usage("--min \(min): must be at least 0") }
        maxes = try Self.maxes(command.max ?? (isSpike ? "50" : scenario == .prediction ? "4" : "8"))
        guard let least = maxes.first, min <= least else {
            throw .usage("--min \(min) is more than --max \(maxes.first ?? 0)")
        }
        clients = try Self.clients(command.clients ?? scenario?.usualClients ?? "1,2,16")
        connectDelay = try Self.duration(command.connectDelay, "--connect-delay")
        serviceTime = try (command.serviceTime ?? scenario?.usualServiceTime).map { text throws(CommandFailure) in
            try ServiceTime(option: "--service-time", text)
        }
        loads = try Self.loads(command.load)
        rounds = command.rounds
        guard (1...1000).contains(rounds) else { throw .usage("--rounds \(rounds): must be from 1 to 1000") }
        outage = try Self.duration(command.outage, "--outage")
        guard outage > .zero else { throw .usage("--outage \(command.outage): must be more than 0") }
        if scenario != nil, maxes.count > 1 || clients.count > 1 {
            throw .usage("--scenario is played with one --max and one number of --clients")
        }
        rates = try Self.rates(command.rate)
        duration = try Self.duration(command.duration, "--duration")
        guard duration > .zero else { throw .usage("--duration \(command.duration): must be more than 0") }
        warmup = try Self.duration(command.warmup, "--warmup")
        workloads = try Self.choices(command.workload, "--workload", default: [Self.usual(drivers)])
        modes = try Self.choices(
            command.mode, "--mode", default: rates.isEmpty ? [.pooled, .dedicated, .unpooled] : [.pooled])
        if !rates.isEmpty, modes != [.pooled] {
            throw .usage("--rate is for --mode pooled only: without a pool nothing bounds the connections")
        }
        executors = try Self.choices(command.executor, "--executor", default: [.driver, .default])
        format = try OutputFormat(option: command.format)
        for driver in drivers {
            for workload in workloads where !driver.workloads.contains(workload) {
                let known = driver.workloads.map(\.rawValue).joined(separator: ", ")
                throw .usage("--workload \(workload.rawValue): driver \(driver.name) has only \(known)")
            }
        }
    }

    private static func distinct(_ texts: [String]) -> [String] {
        var distinct: [String] = []
        for text in texts where !distinct.contains(text) { distinct.append(text) }
        return distinct
    }

    private static func unknown(_ url: TargetURL, _ registry: DriverRegistry) -> CommandFailure {
        let known = "known ones are " + registry.schemes.map { "\($0):" }.joined(separator: ", ")
        if url.text.isEmpty { return .usage("--url is empty: it must begin with a scheme; \(known)") }
        guard url.text.contains(":") else {
            return .usage("--url \(url.shown): no scheme, as in sqlite:app.db; \(known)")
        }
        return .usage("--url \(url.shown): no driver has this scheme; \(known)")
    }

    /// A point select, if all of them have it.
    private static func usual(_ drivers: [RegisteredDriver]) -> Workload {
        drivers.allSatisfy { $0.workloads.contains(.pointSelect) } ? .pointSelect : .acquire
    }

    private static func clients(_ text: String) throws(CommandFailure) -> [Int] {
        var numbers: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = Int(part), (1...mostClients).contains(number) else {
                throw .usage(
                    "--clients \(text): must be numbers from 1 to \(mostClients), separated by commas, as in 1,4,16")
            }
            if !numbers.contains(number) { numbers.append(number) }
        }
        return numbers
    }

    private static func maxes(_ text: String) throws(CommandFailure) -> [Int] {
        var maxes: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let max = Int(part) else {
                throw .usage("--max \(text): must be a number, or several separated by commas, as in 1,2,4,8")
            }
            guard max >= 1 else { throw .usage("--max \(text): must be at least 1") }
            guard max <= PoolConfiguration.greatestMax else {
                throw .usage("--max \(text): must be at most \(PoolConfiguration.greatestMax)")
            }
            if !maxes.contains(max) { maxes.append(max) }
        }
        return maxes.sorted()
    }

    private static func loads(_ text: String) throws(CommandFailure) -> [Double] {
        var loads: [Double] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let load = Double(part), load >= 0.01, load <= 0.99 else {
                throw .usage("--load \(text): must be shares from 0.01 to 0.99, separated by commas, as in 0.7,0.9")
            }
            if !loads.contains(load) { loads.append(load) }
        }
        return loads
    }

    static let highestRate = 1_000_000.0

    private static func rates(_ text: String?) throws(CommandFailure) -> [Double] {
        guard let text else { return [] }
        var rates: [Double] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let rate = Double(part), rate >= 0.001, rate <= highestRate else {
                throw .usage(
                    "--rate \(text): must be operations per second, up to 1000000, separated by commas, as in 500,1000")
            }
            if !rates.contains(rate) { rates.append(rate) }
        }
        return rates
    }

    private static func duration(_ text: String, _ option: String) throws(CommandFailure) -> Duration {
        guard let duration = DurationText.parse(text) else {
            throw .usage("\(option) \(text): must be a duration of a day at most, such as 500ms, 5s, 1.5s or 1m")
        }
        return duration
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ option: String
    ) throws(CommandFailure) -> Choice {
        if let choice = Choice(rawValue: name) { return choice }
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw .usage("\(option) \(name): unknown; known ones are \(known)")
    }

    private static func choices<Choice: RawRepresentable<String> & CaseIterable & Equatable>(
        _ names: [String], _ option: String, default all: [Choice]
    ) throws(CommandFailure) -> [Choice] {
        var choices: [Choice] = []
        for name in names {
            let choice: Choice = try choice(name, option)
            if !choices.contains(choice) { choices.append(choice) }
        }
        return choices.isEmpty ? all : choices
    }
}

enum OutputFormat: String, Sendable, CaseIterable {
    case text, json

    init(option: String) throws(CommandFailure) {
        guard let format = OutputFormat(rawValue: option) else {
            throw .usage("--format \(option): unknown; known ones are text, json")
        }
        self = format
    }
}
