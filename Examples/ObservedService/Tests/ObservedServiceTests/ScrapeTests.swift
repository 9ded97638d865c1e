import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct ScrapeTests {
    /// OpenTelemetry's name for the number of connections ends as parts of a histogram do. It is theirs.
    private static let known =
        "db_client_connection_count non-histogram and non-summary metrics should not have \"_count\" suffix\n"

    @Test func `a scrape is what Prometheus wants, and agrees with the statistics`() async throws {
        let server = try await Server()
        try await server.load()
        // Until what was closed is closed, and what was opened instead is open.
        var scrape = try Scrape("")
        var text = ""
        let deadline = ContinuousClock.now + .seconds(30)
        repeat {
            text = try await server.get("metrics").text
            scrape = try Scrape(text)
            if try await disagreements(scrape, with: server.get("statistics").text).isEmpty { break }
            try await Task.sleep(for: .milliseconds(50))
        } while ContinuousClock.now < deadline
        #expect(try await disagreements(scrape, with: server.get("statistics").text) == [])
        #expect(scrape.value("db_client_connection_timeouts_total", "audit") == 3)
        #expect(scrape.value("pooling_acquires_total", "audit", #"pooling_acquire_outcome="waited""#) ?? 0 >= 3)
        #expect(
            scrape.value("pooling_connection_closed_total", "orders", #"pooling_close_reason="recycled""#) ?? 0 >= 1)

        let checked = try Promtool.run(["check", "metrics"], input: text)
        #expect(checked.output == Self.known)
        #expect(checked.status == 3, "which is what it says when it would have another name")
        #expect(try await server.end() == 0)
    }

    /// The numbers of each pool, there and here.
    private func disagreements(_ scrape: Scrape, with statistics: String) throws -> [String] {
        var found: [String] = []
        for line in statistics.split(separator: "\n") {
            let parts = line.split(separator: ":").map(String.init)
            let words = parts[1].split(separator: " ").map(String.init)
            let numbers = Dictionary(
                uniqueKeysWithValues: stride(from: 0, to: words.count, by: 2).map {
                    (words[$0], Double(words[$0 + 1])!)
                })
            let pool = parts[0]
            func compare(_ told: Double?, _ key: String, within slack: Double = 0) {
                if abs((told ?? -1) - numbers[key]!) > slack {
                    found.append("\(pool) \(key): \(told ?? -1), not \(numbers[key]!)")
                }
            }
            func state(_ state: String) -> Double? {
                scrape.value("db_client_connection_count", pool, #"db_client_connection_state="\#(state)""#)
            }
            compare(state("idle"), "idle")
            compare(state("used"), "leased")
            compare(scrape.value("db_client_connection_max", pool), "max")
            compare(scrape.value("pooling_acquires_total", pool, #"pooling_acquire_outcome="immediate""#), "immediate")
            compare(scrape.value("db_client_connection_timeouts_total", pool), "timedOut")
            compare(scrape.value("db_client_connection_create_time_seconds_count", pool), "connected")
            compare(scrape.value("db_client_connection_wait_time_seconds_count", pool), "acquired")
            compare(scrape.value("db_client_connection_use_time_seconds_count", pool), "released")
            // In seconds: off by a thousand, this would be off by more.
            compare(scrape.value("db_client_connection_wait_time_seconds_sum", pool), "waited", within: 0.001)
            compare(
                scrape.value("db_client_connection_use_time_seconds_sum", pool), "used",
                within: 0.001 + numbers["used"]! / 2)
            let closed = scrape.samples.filter {
                $0.key.hasPrefix("pooling_connection_closed_total") && $0.key.contains("\"\(pool)\"")
            }
            compare(closed.values.reduce(0, +), "closed")
        }
        return found
    }

    @Test func `each family says what it is, and each histogram has its buckets`() async throws {
        let server = try await Server()
        try await server.load()
        let scrape = try Scrape(try await server.get("metrics").text)
        for name in scrape.heads.keys {
            #expect(scrape.heads[name]?["HELP"]?.hasSuffix(".") == true, "\(name)")
            #expect(["gauge", "counter", "histogram"].contains(scrape.heads[name]?["TYPE"] ?? ""), "\(name)")
            #expect((scrape.heads[name]?["UNIT"] == "seconds") == name.hasSuffix("_seconds"), "\(name)")
        }
        let times = ["create", "wait", "use"].map { "db_client_connection_\($0)_time_seconds" }
        for name in times {
            #expect(scrape.heads[name]?["TYPE"] == "histogram")
            let count = scrape.value("\(name)_count", "orders")
            #expect(scrape.value("\(name)_bucket", "orders", #"le="+Inf""#) == count)
            #expect(scrape.value("\(name)_bucket", "orders", #"le="0.0001""#) ?? -1 <= count ?? -2)
        }
        // All of it stays in line with the text format: no line was left over.
        #expect(scrape.lines == scrape.samples.count + scrape.heads.values.map(\.count).reduce(0, +))
        #expect(try await server.end() == 0)
        #expect(server.log.contains("an acquire timed out"))
    }
}
