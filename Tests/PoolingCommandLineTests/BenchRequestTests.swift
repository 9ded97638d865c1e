import ArgumentParser
import PoolingCore
import PoolingTestKit
import Testing

@testable import PoolingCommandLine

@Suite("Options of pooling bench")
struct BenchRequestTests {
    @Test("without any, everything is run on a point select")
    func defaults() throws {
        let request = try request([])
        #expect(request.workloads == [.pointSelect])
        #expect(request.modes == [.pooled, .dedicated, .unpooled])
        #expect(request.executors == [.driver, .default])
        #expect(request.clients == [1, 2, 16])
        let pool = try #require(request.embedded)
        #expect(request.pools.isEmpty && pool.min == 2 && pool.maxes == [8] && request.rates.isEmpty)
        #expect(request.duration == .seconds(5) && request.warmup == .seconds(1))
        #expect(request.format == .text)
    }

    @Test("several sizes are a sweep, in ascending order; several rates are runs without clients")
    func sweep() throws {
        #expect(try request(["--min", "0", "--max", "8,1,4,1"]).embedded?.maxes == [1, 4, 8])
        let open = try request(["--rate", "500,0.5"])
        #expect(open.rates == [500, 0.5] && open.modes == [.pooled])
    }

    @Test("a min that nobody asked for gives way to the max that somebody did")
    func yields() throws {
        #expect(try request(["--max", "8,1"]).embedded?.min == 1)
        let pool = try #require(try request(["--url", "full:x?pool_max=1"]).pools.first)
        #expect(pool.min == 1 && pool.maxes == [1])
    }

    @Test("a URL's pool_… parameters count where no option does")
    func parameters() throws {
        let url = "full:x?pool_min=3&pool_max=20&pool_acquire_timeout=2s"
        let written = try #require(try request(["--url", url]).pools.first)
        #expect(written.min == 3 && written.maxes == [20] && written.url.text == "full:x")
        #expect(written.configuration.acquireTimeout == .seconds(2))
        let over = try #require(try request(["--url", url, "--min", "1", "--max", "4,2"]).pools.first)
        #expect(over.min == 1 && over.maxes == [2, 4] && over.configuration.acquireTimeout == .seconds(2))
    }

    @Test("a spike comes in fifty on a pool of five to fifty, unless the options say otherwise")
    func spike() throws {
        let spike = try request(["--scenario", "spike"])
        #expect(spike.embedded?.min == 5 && spike.embedded?.maxes == [50] && spike.clients == [50])
        #expect(spike.connectDelay == .milliseconds(150) && spike.serviceTime?.distribution == .constant(2_000_000))
        let own = try request(["--scenario", "spike", "--min", "1", "--max", "4", "--clients", "9"])
        #expect(own.embedded?.min == 1 && own.embedded?.maxes == [4] && own.clients == [9])
    }

    @Test("a driver that knows no SQL is run on what it has")
    func noSQL() throws {
        #expect(try request(["--url", "fake:x"]).workloads == [.acquire])
    }

    @Test("can be repeated and restrict what is run, in the order given, without repetitions")
    func restricts() throws {
        let request = try request([
            "--mode", "unpooled", "--mode", "pooled", "--mode", "pooled", "--clients", "4,1,4", "--executor", "default",
            "--workload", "insert", "--workload", "acquire", "--duration", "1.5s", "--warmup", "0s",
            "--url", "full:a", "--url", "full:b", "--url", "full:a",
        ])
        #expect(request.modes == [.unpooled, .pooled])
        #expect(request.clients == [4, 1])
        #expect(request.pools.map(\.url.text) == ["full:a", "full:b"])
        #expect(request.executors == [.default])
        #expect(request.workloads == [.insert, .acquire])
        #expect(request.duration == .milliseconds(1500) && request.warmup == .zero)
    }

    @Test(
        "that make no sense are refused with the option's name and what would be right",
        arguments: [
            (["--min", "5", "--max", "2"], "--min 5 is more than --max 2"),
            (["--min", "-1"], "--min -1: must be at least 0"),
            (["--max", "32001"], "--max 32001: must be at most 32000"),
            (["--max", "0", "--min", "0"], "--max 0: must be at least 1"),
            (["--max", "4,x"], "--max 4,x: must be a number, or several"),
            (["--scenario", "dance"], "--scenario dance: unknown; known ones are spike, outage"),
            (["--scenario", "spike", "--max", "8,16"], "--scenario is played with one --max"),
            (["--scenario", "spike", "--rate", "5"], "--scenario spike has its own load: --rate and --mode are for"),
            (["--scenario", "spike", "--mode", "dedicated"], "--scenario spike has its own load"),
            (
                ["--scenario", "outage"],
                "--scenario outage needs a --url with one host that is reached over TCP, and there"
            ),
            (["--connect-delay", "slow"], "--connect-delay slow: must be a duration"),
            (["--outage", "0s"], "--outage 0s: must be more than 0"),
            (["--rate", "0"], "--rate 0: must be a number per second, from 0.001 to 1000000"),
            (["--rate", "1e-10"], "--rate 1e-10: must be a number per second"),
            (["--rate", "fast"], "--rate fast: must be a number per second"),
            (["--rate", "-5"], "--rate -5: must be a number per second"),
            (["--rate", "100", "--mode", "dedicated"], "--rate is for --mode pooled only"),
            (["--clients", "0"], "--clients 0: must be numbers from 1"),
            (["--clients", "1,,2"], "--clients 1,,2: must be numbers"),
            (["--clients", ""], "--clients : must be numbers"), (["--clients", "-3"], "--clients -3: must be numbers"),
            (["--duration", "0s"], "--duration 0s: must be more than 0"),
            (["--duration", "5"], "--duration 5: must be a duration"),
            (["--duration", "-5s"], "--duration -5s: must be a duration"),
            (["--warmup", "soon"], "--warmup soon: must be a duration"),
            (["--workload", "dance"], "--workload dance: unknown; known ones are point-select, insert, read-write"),
            (["--workload", "poin-select"], "--workload poin-select: unknown; did you mean point-select? known ones"),
            (
                ["--url", "ful:x"],
                "--url ful:x: no driver has this scheme; did you mean full:? known ones are full:, fake:"
            ),
            (["--url", "full:x?pool_min=9"], "--url full:x?pool_min=9: min is 9, but must not exceed max (8)"),
            (["--url", "full:x?pool_min=4", "--max", "2"], "--max 2 is less than the min of full:x, which is 4"),
            (["--url", "full:x?pool_max=4", "--min", "5"], "--min 5 is more than the max of full:x, which is 4"),
            (["--url", "full:x?pool_maxx=4"], "--url full:x?pool_maxx=4: the URL has the parameter pool_maxx"),
            (["--mode", "fast"], "--mode fast: unknown; known ones are pooled, dedicated, unpooled"),
            (["--executor", "main"], "--executor main: unknown; known ones are driver, default"),
            (["--format", "xml"], "--format xml: unknown; known ones are text, json"),
            (
                ["--url", "oracle://u:hush@h/x"],
                "--url oracle://u:***@h/x: no driver has this scheme; known ones are full:, fake:"
            ),
            (["--url", "plain"], "--url plain: no scheme, as in sqlite:app.db; known ones are full:, fake:"),
            (["--url", ""], "--url is empty: it must begin with a scheme; known ones are full:, fake:"),
            (["--url", "fake:x", "--workload", "insert"], "--workload insert: driver fake has only acquire, connect"),
        ])
    func refuses(_ arguments: [String], _ message: String) throws {
        let failure = try #require(throws: CommandFailure.self) { try request(arguments) }
        #expect(failure.kind == .usage)
        #expect(failure.message.hasPrefix(message), "\(failure.message)")
    }

    private func request(_ arguments: [String]) throws -> BenchRequest {
        var registry = DriverRegistry()
        registry.register(FakeBenchmark(name: "full", workloads: Workload.allCases))
        registry.register(FakeBenchmark())
        return try BenchRequest(try BenchCommand.parse(arguments), registry: registry)
    }
}
