import PoolingCore
import Testing

@Suite struct LeakTests {
    @Test func `F50: a leak is reported with its connection, its age and where it was lent`() async throws {
        let log = EventLog()
        let pool = try Pool(
            ScriptedDriver(), configuration: .init(leakThreshold: .milliseconds(20)), observers: [log])
        // The first goes by the lock, the second by the fast path.
        for count in 1...2 {
            let lease = try await pool.lease()
            let line = #line - 1
            await log.wait(for: count, \.isLeak)
            guard case .leakSuspected(let id, let age, let site?)? = log.events.last(where: \.isLeak) else {
                Issue.record("no leak with a site")
                return
            }
            #expect(age >= .milliseconds(20))
            #expect(site.fileID == #fileID && site.line == line)
            #expect("\(site)" == "\(#fileID):\(line)")
            #expect(id == ConnectionID(rawValue: 1))
            #expect(pool.statistics.leaked == count)
            lease.release()
        }
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F50: who finds the pool exhausted is told who holds its connections, and where they were lent`()
        async throws
    {
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 3))
        var lines: [Int] = []
        let first = try await pool.lease()
        lines.append(#line - 1)
        let second = try await pool.lease()
        lines.append(#line - 1)
        let third = try await pool.lease()
        lines.append(#line - 1)
        let error = await #expect(throws: PoolError.self) { try await pool.lease(timeout: .milliseconds(20)).release() }
        #expect(error?.holders.compactMap(\.site?.line) == lines)
        let sentence = error?.description ?? ""
        for line in lines { #expect(sentence.contains("(lent at \(#fileID):\(line))") == true, "\(sentence)") }
        first.release()
        second.release()
        third.release()
        #expect(await pool.shutdown().isClean)
    }

    @Test func `the place of a scoped loan is that of the call`() async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1, nestedAcquire: .allow))
        for _ in 0..<2 {
            try await pool.withConnection { _ in
                let error = await #expect(throws: PoolError.self) {
                    try await pool.lease(timeout: .milliseconds(5)).release()
                }
                #expect(error?.holders.first?.site?.line == #line - 4)
            }
        }
        #expect(await pool.shutdown().isClean)
    }
}

extension PoolEvent {
    var isLeak: Bool { if case .leakSuspected = self { true } else { false } }
}
