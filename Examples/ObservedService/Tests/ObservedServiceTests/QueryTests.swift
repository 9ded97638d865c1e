import Foundation
import Testing

/// What is asked of Prometheus: by the dashboard, and by the article on what to look at and what to be woken for.
@Suite(.serialized, .timeLimit(.minutes(5))) struct QueryTests {
    private static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private static let dashboard = here.appendingPathComponent("../../Dashboard.json")
    private static let alerts = here.appendingPathComponent("../../Alerts.yml")
    private static let article = here.appendingPathComponent(
        "../../../../Sources/PoolingObservability/PoolingObservability.docc/ReadTheMetrics.md")

    private struct Panel {
        var title: String
        var expressions: [String]
    }

    private static func panels() throws -> [Panel] {
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: dashboard)) as? [String: Any]
        return (json?["panels"] as? [[String: Any]] ?? []).map { panel in
            Panel(
                title: panel["title"] as? String ?? "",
                expressions: (panel["targets"] as? [[String: Any]] ?? []).compactMap { $0["expr"] as? String })
        }
    }

    private static func articleExpressions() throws -> [String] {
        try String(contentsOf: article, encoding: .utf8).matches(of: /```promql\n((?:[^`]|`[^`])*)\n```/)
            .flatMap { $0.1.split(separator: "\n\n").map(String.init) }
    }

    /// What Grafana puts in place of its variables.
    private static func filledIn(_ expression: String) -> String {
        expression.replacingOccurrences(of: "$__rate_interval", with: "5m").replacingOccurrences(
            of: "$pool", with: "orders")
    }

    @Test func `the dashboard shows what it should, for the pool that is chosen`() throws {
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: Self.dashboard)) as? [String: Any])
        let variables = ((json["templating"] as? [String: Any])?["list"] as? [[String: Any]] ?? [])
        #expect(variables.contains { $0["name"] as? String == "pool" })
        #expect(json["schemaVersion"] is Int)
        #expect(json["uid"] is String)
        let panels = try Self.panels()
        #expect(
            panels.map(\.title) == [
                "Connections by state", "Waiting", "Wait", "Use", "Timeouts", "Connects", "Closed by reason", "Leaks",
                "Acquires by outcome",
            ])
        #expect(panels.allSatisfy { !$0.expressions.isEmpty })
        #expect(panels.flatMap(\.expressions).allSatisfy { $0.contains(#"db_client_connection_pool_name=~"$pool""#) })
    }

    @Test func `promtool accepts every query, and each asks for what a scrape has`() async throws {
        let queries = try (Self.panels().flatMap(\.expressions) + Self.articleExpressions()).map(Self.filledIn)
        #expect(queries.count >= 18)
        let rules = queries.enumerated().map { number, query in
            let indented = query.split(separator: "\n").map { "          \($0)" }.joined(separator: "\n")
            return "      - record: \"query:\(number)\"\n        expr: |\n\(indented)\n"
        }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("rules-\(UUID().uuidString).yml")
        try "groups:\n  - name: queries\n    rules:\n\(rules.joined())".write(
            to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let checked = try Promtool.run(["check", "rules", file.path])
        #expect(checked.status == 0, "\(checked.output)")
        #expect(checked.output.contains("\(queries.count) rules found"))

        let server = try await Server()
        try await server.load()
        let names = try Scrape(try await server.get("metrics").text).names
        for query in queries {
            let asked = query.matches(of: /(?:db_client|pooling)_[a-z_]+(?=[{\[)\s]|$)/).map { String($0.0) }
                .filter { !["db_client_connection_pool_name", "db_client_connection_state"].contains($0) }
                .filter { !["pooling_close_reason", "pooling_acquire_outcome"].contains($0) }
            #expect(!asked.isEmpty, "\(query)")
            for name in asked { #expect(names.contains(name), "\(name) of: \(query)") }
        }
        #expect(try await server.end() == 0)
    }

    @Test func `promtool accepts the alerts, and the article has the same`() throws {
        let checked = try Promtool.run(["check", "rules", Self.alerts.path])
        #expect(checked.status == 0, "\(checked.output)")
        let text = try String(contentsOf: Self.alerts, encoding: .utf8)
        let lines = text.matches(of: /expr: \|\n((?:          .*\n)+)/).map {
            $0.1.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
        }
        #expect(lines.count >= 5)
        let article = try Self.articleExpressions().map {
            $0.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
        }
        for line in lines { #expect(article.contains(line), "\(line)") }
    }
}
