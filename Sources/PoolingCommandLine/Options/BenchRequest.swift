internal import PoolingCore

/// What `pooling bench` was asked for, checked: every contradiction is found before anything is opened (F68).
struct BenchRequest: Sendable {
    /// Empty: the driver that can do without a URL is run on a database of its own, with ``embedded``.
    var pools: [BenchPool]
    /// What is run if nothing is named.
    var embedded: BenchPool?
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

    static let highestRate = 1_000_000.0

    /// - Parameter filed: the pools of `--config`.
    /// - Throws: ``CommandFailure`` that names the option.
    init(_ command: BenchCommand, filed: [WrittenPool] = [], registry: DriverRegistry) throws(CommandFailure) {
        scenario = try command.scenario.map { name throws(CommandFailure) in
            try OptionValue.choice(name, "--scenario")
        }
        let sizes = try BenchPool.Sizes(command)
        pools = []
        for written in filed { pools.append(try BenchPool(written, sizes)) }
        for url in command.url.withoutRepetitions {
            let written = try WrittenPool(url: url, over: BenchPool.usual(scenario), registry)
            pools.append(try BenchPool(written, sizes))
        }
        if pools.isEmpty {
            guard let driver = registry.embedded else {
                throw .usage("--url or --config is missing: none of the drivers can do without")
            }
            embedded = try BenchPool(embedded: driver, over: BenchPool.usual(scenario), sizes)
        }
        let drivers = (pools + [embedded].compactMap(\.self)).map(\.driver)
        clients = try OptionValue.clients(
            command.clients ?? scenario?.usualClients ?? "1,2,16")
        connectDelay = try OptionValue.duration(command.connectDelay, "--connect-delay")
        serviceTime = try (command.serviceTime ?? scenario?.usualServiceTime).map { text throws(CommandFailure) in
            try ServiceTime(option: "--service-time", text)
        }
        loads = try OptionValue.loads(command.load)
        rounds = command.rounds
        guard (1...1000).contains(rounds) else { throw .usage("--rounds \(rounds): must be from 1 to 1000") }
        outage = try OptionValue.span(command.outage, "--outage")
        if let scenario, !(command.rate == nil && command.mode.isEmpty) {
            throw .usage("--scenario \(scenario.rawValue) has its own load: --rate and --mode are for measurements")
        }
        if scenario == .outage, pools.isEmpty {
            throw .usage(
                "--scenario outage needs a --url with one host that is reached over TCP, and there is no --url")
        }
        if scenario != nil, sizes.maxes?.count ?? 1 > 1 || clients.count > 1 {
            throw .usage("--scenario is played with one --max and one number of --clients")
        }
        rates =
            try command.rate.map { text throws(CommandFailure) in
                try OptionValue.rates(text, upTo: Self.highestRate)
            } ?? []
        duration = try OptionValue.span(command.duration, "--duration")
        warmup = try OptionValue.duration(command.warmup, "--warmup")
        workloads = try OptionValue.choices(command.workload, "--workload", default: [Self.usual(drivers)])
        modes = try OptionValue.choices(
            command.mode, "--mode", default: rates.isEmpty ? [.pooled, .dedicated, .unpooled] : [.pooled])
        if !rates.isEmpty, modes != [.pooled] {
            throw .usage("--rate is for --mode pooled only: without a pool nothing bounds the connections")
        }
        executors = try OptionValue.choices(command.executor, "--executor", default: [.driver, .default])
        format = try OutputFormat(option: command.result.format)
        for driver in drivers {
            for workload in workloads where !driver.workloads.contains(workload) {
                let known = driver.workloads.map(\.rawValue).joined(separator: ", ")
                throw .usage("--workload \(workload.rawValue): driver \(driver.name) has only \(known)")
            }
        }
    }

    /// A point select, if all of them have it.
    private static func usual(_ drivers: [RegisteredDriver]) -> Workload {
        drivers.allSatisfy { $0.workloads.contains(.pointSelect) } ? .pointSelect : .acquire
    }
}
