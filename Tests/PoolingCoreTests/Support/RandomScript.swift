import PoolingCore

/// What a driver and the borrowers of a pool do, drawn at random. On real threads a seed repeats the draws, not the
/// order in which they meet.
final class RandomScript: Sendable {
    private let random: Shared<SplitMix64>

    init(seed: UInt64) { random = Shared(SplitMix64(seed: seed)) }

    func below(_ bound: Int) -> Int { random.change { Int($0.next() % UInt64(bound)) } }
    func chance(_ percent: Int) -> Bool { below(100) < percent }

    func configuration() -> PoolConfiguration {
        let span = Duration.milliseconds(15)
        return PoolConfiguration(
            min: below(2), max: 1 + below(4), minIdle: below(2), connectTimeout: span, validationTimeout: span,
            resetTimeout: span, closeTimeout: span,
            validation: [.never, .always, .afterIdle(.milliseconds(1))][below(3)], validatesOnReturn: chance(20),
            idleTimeout: .milliseconds(8), maxLifetime: .milliseconds(12), maxUses: chance(30) ? 3 : nil,
            keepAliveInterval: .milliseconds(5), maxWaiters: chance(50) ? 3 : nil,
            backoff: .init(initial: .milliseconds(1), cap: .milliseconds(5)),
            outagePolicy: chance(50) ? .wait : .failAfter(.milliseconds(10)),
            suspensionPolicy: chance(50) ? .fail : .wait)
    }

    func driver() -> ScriptedDriver {
        ScriptedDriver(
            .init(
                connect: { _ in try await self.call() },
                validate: {
                    try await self.call()
                    $0.condition.change { $0 = .ready }
                },
                reset: {
                    try await self.call()
                    $0.condition.change { $0 = .ready }
                },
                prepare: { _ in try await self.call() }, close: { _ in try? await self.call() },
                verdict: { _ in [.keep, .discard, .discardAll][self.below(3)] }),
            hooks: chance(40) ? .all : [.lend, .condition, .reset, .verdict])
    }

    /// A call of the driver: usually well, at times wrong or late, and now and then so late that it is given up on.
    private func call() async throws {
        switch below(100) {
        case ..<75: break
        case ..<85: throw FakeFailure()
        case ..<97: try await Task.sleep(for: .milliseconds(1 + below(3)))
        default: await Task.detached { try? await Task.sleep(for: .milliseconds(140)) }.value
        }
    }

    /// What a client of the pool does next.
    func step(on pool: Pool<ScriptedDriver>) async {
        let timeout = Duration.milliseconds(1 + below(60))
        switch below(100) {
        case ..<50: try? await pool.withConnection(timeout: timeout) { try await self.use($0) }
        case ..<65:
            let task = Task { try await pool.withConnection(timeout: timeout) { try await self.use($0) } }
            for _ in 0..<below(6) { await Task.yield() }
            task.cancel()
            _ = await task.result
        case ..<78: await borrow(from: pool, within: timeout)
        case ..<84: if let lease = pool.leaseIfAvailable() { lease.release() }
        case ..<88: try? await pool.warmUp(timeout: timeout)
        case ..<92: pool.recycle(chance(50) ? .all : .idle)
        case ..<96: try? pool.resize(min: below(2), max: 1 + below(4))
        default:
            pool.suspend()
            await Task.yield()
            pool.resume()
        }
    }

    private func borrow(from pool: Pool<ScriptedDriver>, within timeout: Duration) async {
        guard let lease = try? await pool.lease(timeout: timeout) else { return }
        await Task.yield()
        switch below(3) {
        case 0: lease.release()
        case 1: lease.discard()
        default: _ = lease.detach()
        }
    }

    private func use(_ connection: FakeConnection) async throws {
        for _ in 0..<below(4) { await Task.yield() }
        if chance(5) { try? await Task.sleep(for: .milliseconds(3)) }
        switch below(20) {
        case 0: connection.condition.change { $0 = .broken }
        case 1, 2: connection.condition.change { $0 = .dirty }
        case 3: connection.condition.change { $0 = .suspect }
        case 4: throw FakeFailure()
        default: break
        }
    }
}
