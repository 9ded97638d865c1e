internal import PoolingCore

/// Clients that are tasks.
struct TaskClients<C: Contestant>: Sendable {
    let contestant: C
    /// nil: Swift's default one.
    let executor: BlockingExecutor?

    /// A client that never suspends lets others run after this many operations. What that takes is part of the next
    /// operation's latency.
    private var operationsPerTurn: Int { 8 }

    func run(_ clients: [ClientRecord]) async -> [ClientRecord] {
        await withTaskGroup(of: ClientRecord.self) { group in
            for client in clients {
                group.addTask(executorPreference: executor) { await perform(client) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func perform(_ client: ClientRecord) async -> ClientRecord {
        var client = client
        var began = RunClock.now()
        var turn = 0
        while began < client.clock.end {
            let key = client.nextKey()
            do {
                let granted =
                    switch client.role {
                    case .reader: try await contestant.read(key)
                    case .writer: try await contestant.write(key, client.nextEntry)
                    }
                let ended = RunClock.now()
                client.count(from: began, granted: granted, to: ended)
                began = ended
            } catch {
                client.fail(error)
                began = RunClock.now()
            }
            turn += 1
            if turn % operationsPerTurn == 0 { await Task.yield() }
        }
        return client
    }
}
