internal import PoolingConfiguration
internal import PoolingCore

/// What the texts behind options mean: one reader for each kind, so that an option means the same for every command.
enum OptionValue {
    static func duration(_ text: String, _ option: String) throws(CommandFailure) -> Duration {
        guard let duration = DurationText.parse(text) else {
            throw .usage("\(option) \(text): must be a duration of a day at most, such as 500ms, 5s, 1.5s or 1m")
        }
        return duration
    }

    /// A duration in which something can happen.
    static func span(_ text: String, _ option: String) throws(CommandFailure) -> Duration {
        let duration = try duration(text, option)
        guard duration > .zero else { throw .usage("\(option) \(text): must be more than 0") }
        return duration
    }

    static func min(_ min: Int) throws(CommandFailure) -> Int {
        guard min >= 0 else { throw .usage("--min \(min): must be at least 0") }
        return min
    }

    /// Ascending, each once.
    static func maxes(_ text: String) throws(CommandFailure) -> [Int] {
        var maxes: [Int] = []
        for part in parts(text) {
            guard let max = Int(part) else {
                throw .usage("--max \(text): must be a number, or several separated by commas, as in 1,2,4,8")
            }
            guard max >= 1 else { throw .usage("--max \(text): must be at least 1") }
            guard max <= PoolConfiguration.greatestMax else {
                throw .usage("--max \(text): must be at most \(PoolConfiguration.greatestMax)")
            }
            maxes.append(max)
        }
        return maxes.withoutRepetitions.sorted()
    }

    static let mostClients = 10_000

    static func clients(_ text: String) throws(CommandFailure) -> [Int] {
        var numbers: [Int] = []
        for part in parts(text) {
            guard let number = Int(part), (1...mostClients).contains(number) else {
                throw .usage(
                    "--clients \(text): must be numbers from 1 to \(mostClients), separated by commas, as in 1,4,16")
            }
            numbers.append(number)
        }
        return numbers.withoutRepetitions
    }

    static func rates(_ text: String, upTo highest: Double) throws(CommandFailure) -> [Double] {
        var rates: [Double] = []
        for part in parts(text) {
            guard let rate = Double(part), rate >= 0.001, rate <= highest else {
                throw .usage(
                    "--rate \(text): must be a number per second, from 0.001 to \(Int(highest)), or several separated "
                        + "by commas, as in 500,1000")
            }
            rates.append(rate)
        }
        return rates.withoutRepetitions
    }

    static func loads(_ text: String) throws(CommandFailure) -> [Double] {
        var loads: [Double] = []
        for part in parts(text) {
            guard let load = Double(part), load >= 0.01, load <= 0.99 else {
                throw .usage("--load \(text): must be shares from 0.01 to 0.99, separated by commas, as in 0.7,0.9")
            }
            loads.append(load)
        }
        return loads.withoutRepetitions
    }

    static func instances(_ count: Int) throws(CommandFailure) -> Int {
        guard (1...100_000).contains(count) else { throw .usage("--instances \(count): must be from 1 to 100000") }
        return count
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ option: String
    ) throws(CommandFailure) -> Choice {
        if let choice = Choice(rawValue: name) { return choice }
        throw unknown(name, option, among: Choice.allCases.map(\.rawValue))
    }

    /// In the order given, each once; all of `usual` if none is.
    static func choices<Choice: RawRepresentable<String> & CaseIterable & Hashable>(
        _ names: [String], _ option: String, default usual: [Choice]
    ) throws(CommandFailure) -> [Choice] {
        var choices: [Choice] = []
        for name in names { choices.append(try choice(name, option)) }
        return choices.isEmpty ? usual : choices.withoutRepetitions
    }

    static func unknown(_ name: String, _ option: String, among known: [String]) -> CommandFailure {
        let near = Spelling.nearest(to: name, among: known).map { "did you mean \($0)? " } ?? ""
        return .usage("\(option) \(name): unknown; \(near)known ones are \(known.joined(separator: ", "))")
    }

    private static func parts(_ text: String) -> [Substring] {
        text.split(separator: ",", omittingEmptySubsequences: false)
    }
}

enum OutputFormat: String, Sendable, CaseIterable {
    case text, json

    init(option: String) throws(CommandFailure) { self = try OptionValue.choice(option, "--format") }
}
