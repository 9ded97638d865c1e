internal import PoolingCore
internal import PoolingSQL
internal import PoolingTestKit
internal import Testing

/// A line that is cut (F21).
package enum CutLines<Driver: TestedDriver> {
    private static var question: SQLQuery { Driver.series("x, concat('row ', x)", to: 9) }

    /// A connection on loan, whose statement is prepared already, and nothing of which is on its way.
    private static func warm<R: Sendable>(
        _ line: ProxiedServer<Driver>, _ body: (Driver.Handle, Driver.Connection) async throws -> R
    ) async throws -> R {
        try await line.driver.lending { (handle, connection) async throws -> R in
            _ = try await handle.query(question)
            let result = try await body(handle, connection)
            line.proxy.change { $0.toClient.cutAfter = nil }
            return result
        }
    }

    /// After any byte of an answer.
    package static func answer() async throws {
        let line = try await Driver.proxied("cut_answer")
        let driver = line.driver
        let without = try await line.answered { try await warm(line) { (_, _) async throws -> Void in } }
        let with = try await line.answered {
            try await warm(line) { (handle, _) async throws -> Void in _ = try await handle.query(question) }
        }
        let length = with - without
        try #require(length > 100 && length < 1000)
        for place in 0..<length {
            try await warm(line) { (handle, connection) async throws -> Void in
                line.proxy.change { $0.toClient.cutAfter = place }
                let error = try await sqlError { try await handle.query(question) }
                #expect(error?.kind == .mayHaveExecuted, "cut at byte \(place): \(error as Any)")
                #expect(driver.condition(of: connection) == .broken)
                let next = try await sqlError { try await handle.query("SELECT 1") }
                #expect(next?.kind == .connectionLost)
            }
        }
        // With all of its bytes it is whole.
        try await warm(line) { (handle, _) async throws -> Void in
            line.proxy.change { $0.toClient.cutAfter = length }
            #expect(try await handle.query(question).count == 9)
        }
        line.proxy.stop()
    }

    /// After any byte of rows that are read as they come.
    package static func stream() async throws {
        let line = try await Driver.proxied("cut_stream")
        for place in stride(from: 0, to: 320, by: 3) {
            try await warm(line) { (handle, _) async throws -> Void in
                line.proxy.change { $0.toClient.cutAfter = place }
                var next = 1
                let error = try await sqlError {
                    for try await row in try await handle.stream(question) {
                        #expect(try row.decode(0, as: Int.self) == next)
                        next += 1
                    }
                }
                let isWhole = error == nil && next == 10
                let isCut = error?.kind == .mayHaveExecuted
                #expect(isWhole || isCut, "cut at byte \(place): \(next - 1) rows and \(error as Any)")
                // A row takes more than 10 bytes, and there is more than that around them.
                if place < 120 { #expect(isCut, "cut at byte \(place)") }
            }
        }
        line.proxy.stop()
    }

    /// After any byte of a login.
    package static func login() async throws {
        let (line, observer) = (try await Driver.proxied("cut_login"), try Observer<Driver>())
        let driver = line.driver
        let length = try await line.answered { await driver.close(try await driver.connect()) }
        try #require(length > 100 && length < 2000)
        for place in stride(from: 0, to: length, by: 2) {
            line.proxy.change { $0.toClient.cutAfter = place }
            let error = try await sqlError { await driver.close(try await driver.connect()) }
            #expect(error?.kind == .cannotOpen, "cut at byte \(place): \(error as Any)")
            #expect(error?.message.contains("127.0.0.1:\(line.proxy.port)") == true, "\(error as Any)")
        }
        line.proxy.change { $0.toClient.cutAfter = nil }
        #expect(try await line.areGone(observer))
        line.proxy.stop()
        await observer.end()
    }
}
