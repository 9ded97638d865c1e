import Foundation
import PGDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("F54: a listener", .timeLimit(.minutes(2)))
struct ListenerTests {
    let driver = Server.driver

    /// A channel that no other test listens to.
    private func channel(_ function: String = #function) -> String { "\(function) \(UUID().uuidString.prefix(8))" }

    private func first(_ count: Int, of listener: PostgresListener) async throws -> [PostgresNotification] {
        var found: [PostgresNotification] = []
        for try await notification in listener.notifications {
            found.append(notification)
            if found.count == count { break }
        }
        return found
    }

    @Test("F54: gets what is sent to its channels, in order, with the sender's process, until it listens no more")
    func notifications() async throws {
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
        let listener = try await pool.listener()
        let (own, other) = (channel(), channel())
        try await listener.listen(to: own)
        try await listener.listen(to: own)
        let process = try await pool.withConnection { handle in
            for number in 1...100 { try await handle.execute("SELECT pg_notify(\(own), \("n\(number)"))") }
            try await handle.execute("SELECT pg_notify(\(other), 'not listened to')")
            try await handle.transaction { try await $0.execute("SELECT pg_notify(\(own), '')") }
            return try await handle.process()
        }
        let found = try await first(101, of: listener)
        #expect(found.map(\.payload) == (1...100).map { "n\($0)" } + [""])
        #expect(found.allSatisfy { $0.channel == own && $0.process == process && $0.dropped == 0 })
        try await listener.listen(to: other)
        try await listener.unlisten(from: own)
        try await pool.execute("SELECT pg_notify(\(own), 'gone')")
        try await listener.notify(other, payload: "own word")
        let last = try await first(1, of: listener)
        #expect(last.map(\.payload) == ["own word"] && last.first?.process != process)
        try await listener.unlisten(from: nil)
        await listener.close()
        #expect(try await first(1, of: listener).isEmpty)
        #expect(try await sqlError { try await listener.listen(to: own) }?.kind == .connectionLost)
        _ = await pool.shutdown(within: .seconds(5))
    }

    @Test("takes a channel's name as it is, and refuses one that the server would cut")
    func names() async throws {
        let listener = try await PostgresListener(driver)
        for name in ["UPPER lower", "a\"b", "x\"; SELECT pg_sleep(60); --", "ä 🐘", String(repeating: "n", count: 63)] {
            try await listener.listen(to: name)
            try await listener.notify(name, payload: name)
            #expect(try await first(1, of: listener).map(\.channel) == [name])
        }
        for name in ["", String(repeating: "n", count: 64), "a\0b"] {
            #expect(try await sqlError { try await listener.listen(to: name) }?.kind == .syntax)
            #expect(try await sqlError { try await listener.unlisten(from: name) }?.kind == .syntax)
            #expect(try await sqlError { try await listener.notify(name) }?.kind == .syntax)
        }
        // What the server refuses is the caller's error, and the listener goes on.
        let long = try await sqlError {
            try await listener.notify("c", payload: String(repeating: "x", count: 9000))
        }
        #expect(long?.sqlState == "22023")
        try await listener.listen(to: "c")
        try await listener.notify("c")
        #expect(try await first(1, of: listener).count == 1)
        await listener.close()
    }

    @Test("F54: takes no place of its pool, ends with its shutdown, and does not hold it up")
    func shutdown() async throws {
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
        let listener = try await pool.listener()
        try await listener.listen(to: channel())
        #expect(try await pool.query("SELECT 7")[0].decode(Int.self) == 7)
        let statistics = pool.statistics
        #expect(statistics.leased == 0 && statistics.total == 1 && statistics.connected == 2)
        let ended = Counter()
        let reader = Task {
            defer { ended.set(1) }
            return try await first(1, of: listener)
        }
        let began = ContinuousClock.now
        let report = await pool.shutdown(within: .seconds(30))
        #expect(report.isClean && began.duration(to: .now) < .seconds(10))
        #expect(try await eventually { ended.value == 1 })
        await listener.close()
        #expect(try await reader.value.isEmpty)
        #expect(try await sqlError { try await listener.notify("c") }?.kind == .connectionLost)
        #expect(try await code { try await pool.listener() } == .shutDown)
    }

    @Test("F54: whose session is ended says so once, with the server's reason, and is over then")
    func killed() async throws {
        let observer = try Observer()
        let listener = try await PostgresListener(driver)
        let name = channel()
        try await listener.listen(to: name)
        try await listener.notify(name, payload: "before")
        var notifications = listener.notifications.makeAsyncIterator()
        let process = try #require(try await notifications.next()).process
        let reader = Task {
            var notifications = listener.notifications.makeAsyncIterator()
            return try await notifications.next()
        }
        try await observer.terminate(process)
        let error = try await sqlError { try await reader.value }
        #expect(error?.kind == .connectionLost && error?.sqlState == "57P01")
        #expect(error?.message.contains("terminating connection due to administrator command") == true)
        #expect(try await notifications.next() == nil)
        #expect(try await sqlError { try await listener.listen(to: name) }?.sqlState == "57P01")
        await listener.close()
        await observer.end()
    }

    @Test("F54: whose session is ended tells what had come before that")
    func lastWords() async throws {
        let (observer, line) = (try Observer(), try ProxiedServer("last_words"))
        defer { line.proxy.stop() }
        for isBusy in [false, true] {
            let listener = try await PostgresListener(line.driver)
            let name = channel()
            try await listener.listen(to: name)
            try await listener.notify(name, payload: "first")
            let process = try await first(1, of: listener)[0].process
            // When the latest statement of the session came, once it is done.
            func latest() async throws -> String {
                try await observer.text(
                    """
                    SELECT query_start::text FROM pg_stat_activity WHERE pid = \(process) AND state = 'idle'
                    """)
            }
            let before = try await latest()
            line.proxy.change { $0.toClient.isHeld = true }
            let order = isBusy ? Task { try await listener.notify("other") } : nil
            // What comes when the session has ended already is answered with a reset, which takes everything with it.
            if isBusy { #expect(try await eventually { try await !["", before].contains(latest()) }) }
            for number in 1...5 { _ = try await observer.int("SELECT 1 FROM pg_notify(\(name), \("\(number)"))") }
            try await observer.terminate(process)
            line.proxy.change { $0.toClient.isHeld = false }
            var payloads: [String] = []
            let error = try await sqlError { () async throws -> Void in
                for try await notification in listener.notifications { payloads.append(notification.payload) }
            }
            #expect(payloads == (1...5).map { "\($0)" } && error?.sqlState == "57P01", "\(payloads) \(error as Any)")
            _ = try? await order?.value
            await listener.close()
        }
        await observer.end()
    }

    @Test("F16: whose server says nothing any more is found out by asking")
    func frozen() async throws {
        var driver = driver
        driver.statementTimeLimit = .seconds(2)
        driver.cancelTimeout = .milliseconds(300)
        let listener = try await PostgresListener(driver, checkInterval: .milliseconds(50))
        let name = channel()
        try await listener.listen(to: name)
        try await listener.notify(name)
        var notifications = listener.notifications.makeAsyncIterator()
        let process = try #require(try await notifications.next()).process
        kill(pid_t(process), SIGSTOP)
        let began = ContinuousClock.now
        let error = try await sqlError { try await notifications.next() }
        #expect(began.duration(to: .now) < .seconds(30))
        kill(pid_t(process), SIGCONT)
        #expect(error?.kind == .connectionLost)
        await listener.close()
    }

    @Test("keeps what nobody has read up to its limit, drops the oldest beyond it, and tells how many")
    func bounded() async throws {
        let listener = try await PostgresListener(driver, bufferLimit: 3)
        let name = channel()
        try await listener.listen(to: name)
        for number in 1...10 { try await listener.notify(name, payload: "\(number)") }
        // Whatever is done after the last one finds it in the buffer.
        try await listener.listen(to: name)
        let found = try await first(3, of: listener)
        #expect(found.map(\.payload) == ["8", "9", "10"] && found.map(\.dropped) == [7, 0, 0])
        try await listener.notify(name, payload: "11")
        #expect(try await first(1, of: listener).map(\.dropped) == [0])
        await listener.close()
    }

    @Test("goes on when the task that reads is cancelled, and when many tasks ask at once")
    func many() async throws {
        let listener = try await PostgresListener(driver)
        let reader = Task { try await first(1, of: listener) }
        reader.cancel()
        await #expect(throws: CancellationError.self) { try await reader.value }
        let name = channel()
        try await listener.listen(to: name)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask(executorPreference: number % 2 == 0 ? Postgres.nextExecutor() : nil) {
                    try await listener.notify(name, payload: "\(number)")
                }
            }
            try await group.waitForAll()
        }
        #expect(try await Set(first(200, of: listener).map(\.payload)).count == 200)
        await listener.close()
    }

    @Test("F54: that is closed while its server hangs ends in bounded time, and does not deny what it was asked")
    func closedWhileHanging() async throws {
        var driver = driver
        driver.cancelTimeout = .milliseconds(300)
        let listener = try await PostgresListener(driver)
        let name = channel()
        try await listener.listen(to: name)
        try await listener.notify(name)
        let process = try await first(1, of: listener)[0].process
        kill(pid_t(process), SIGSTOP)
        let (sending, sent) = AsyncStream.makeStream(of: Void.self)
        let order = Task {
            sent.yield()
            try await listener.notify(name)
        }
        for await _ in sending { break }
        let began = ContinuousClock.now
        await listener.close()
        #expect(began.duration(to: .now) < .seconds(20))
        let error = try await sqlError { try await order.value }
        kill(pid_t(process), SIGCONT)
        // Before it was begun, or in its midst.
        #expect(error?.kind == .mayHaveExecuted || error?.kind == .connectionLost)
    }

    @Test("whose last reference has gone leaves no session behind")
    func dropped() async throws {
        let observer = try Observer()
        let process: Int
        do {
            let listener = try await PostgresListener(driver)
            let name = channel()
            try await listener.listen(to: name)
            try await listener.notify(name)
            process = try await first(1, of: listener)[0].process
            #expect(try await observer.exists(process))
        }
        #expect(try await eventually { try await !observer.exists(process) })
        await observer.end()
    }
}
