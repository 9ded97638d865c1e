internal import MariaDBDriver
internal import PGDriver
internal import PoolingConfiguration
internal import PoolingCore
internal import SQLiteDriver

/// Gives mutated files and URLs to the configuration of pools, and looks for the canary in whatever it says.
package struct FileFuzz: Sendable {
    package struct Counts: Sendable {
        package var cases = 0
        /// Files and URLs that were taken.
        package var taken = 0
        package var mistakes = 0
        /// Of pools that the mutation has given the canary as their name, which is no secret.
        package var named = 0
        package var longest = Duration.zero
    }

    /// The canary was in what was said, or something else was thrown than a list of mistakes.
    package struct Found: Error, CustomStringConvertible {
        package var description: String
    }

    let seed: UInt64
    package init(seed: UInt64) { self.seed = seed }

    /// - Parameter numbers: of the cases; each is the same in every run with the same seed.
    /// - Throws: ``Found``, with the number of the case.
    package func run(_ numbers: Range<Int>) async throws -> Counts {
        let registry = PoolRegistry()
        try registry.register(Postgres.self)
        try registry.register(MariaDB.self)
        try registry.register(SQLite.self)
        try registry.register("loose") { url in try LooseDriver(url: url) }
        var counts = Counts()
        for number in numbers {
            let began = ContinuousClock.now
            var dice = Dice(seed: seed &* 0x2545_F491_4F6C_DD1D &+ UInt64(number))
            if dice.isTrue(oneIn: 5) {
                try url(number, &dice, &counts)
            } else {
                try await file(number, &dice, &counts, registry)
            }
            counts.cases += 1
            counts.longest = max(counts.longest, ContinuousClock.now - began)
        }
        return counts
    }

    private func url(_ number: Int, _ dice: inout Dice, _ counts: inout Counts) throws {
        let bytes = Mutation.mutate(Array(dice.pick(Seeds.urls).utf8), &dice)
        let text = String(decoding: bytes, as: UTF8.self)
        do {
            let url = try PoolURL(text)
            counts.taken += 1
            _ = url.configuration()
            try check("\(url)", number, text)
        } catch let error as PoolURLError {
            counts.mistakes += 1
            try check("\(error)", number, text)
        }
    }

    private func file(
        _ number: Int, _ dice: inout Dice, _ counts: inout Counts, _ registry: PoolRegistry
    ) async throws {
        let bytes = Mutation.mutate(Array(dice.pick(Seeds.files).utf8), &dice)
        let text = String(decoding: bytes, as: UTF8.self)
        var said = ""
        do {
            let file = PoolFile("/nowhere/pools.yaml", environment: dice.pick(Seeds.environments))
            let pools = try await file.pools(in: bytes, checkedBy: registry.check)
            counts.taken += 1
            for pool in pools { said += "\(pool) \(pool.password.map { "\($0)" } ?? "")" }
            dump(pools, to: &said)
            if pools.contains(where: { isCanary($0.name) }) { counts.named += 1 } else { try check(said, number, text) }
        } catch let error as PoolFileError {
            counts.mistakes += error.mistakes.count
            said = "\(error)"
            dump(error, to: &said)
            // A pool with a section of its own that is called so.
            let withoutNames = isCanary(said) ? said.replacing(/pools\.[A-Za-z0-9_\-]+/, with: "pools.…") : said
            if withoutNames != said { counts.named += 1 }
            try check(withoutNames, number, text)
        } catch {
            throw Found(description: "case \(number) of seed \(seed) throws \(type(of: error)): \(error)\n\(text)")
        }
    }

    private func isCanary(_ text: String) -> Bool {
        let canary = Seeds.canary
        return text.contains(canary.prefix(6)) || text.contains(canary.suffix(6))
            || text.contains(canary.dropFirst(2).prefix(6))
    }

    private func check(_ said: String, _ number: Int, _ text: String) throws {
        if isCanary(said) {
            throw Found(description: "case \(number) of seed \(seed) shows the canary:\n\(said)\n--- in ---\n\(text)")
        }
    }
}

/// As careless with what it is given as a stranger's driver may be.
private struct LooseDriver: PoolDriver {
    struct Careless: Error, CustomStringConvertible { var description: String }
    init(url: String) throws { throw Careless(description: "can't make anything of \(url)") }
    func connect() async throws -> Int { 0 }
    func validate(_ connection: Int) async throws {}
    func close(_ connection: Int, reason: CloseReason, deadline: ContinuousClock.Instant) async {}
}
