internal import Foundation

/// Clients that are threads: the system sees to it that each has its turn.
struct ThreadClients<C: BlockingContestant>: Sendable {
    let contestant: C

    func run(_ clients: [ClientRecord]) async -> [ClientRecord] {
        await withTaskGroup(of: ClientRecord.self) { group in
            for client in clients {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread { continuation.resume(returning: perform(client)) }
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func perform(_ client: ClientRecord) -> ClientRecord {
        var client = client
        var began = RunClock.now()
        while began < client.clock.end {
            let key = client.nextKey()
            do {
                let granted =
                    switch client.role {
                    case .reader: try contestant.read(key)
                    case .writer: try contestant.write(key, client.nextEntry)
                    }
                let ended = RunClock.now()
                client.count(from: began, granted: granted, to: ended)
                began = ended
            } catch {
                client.fail(error)
                began = RunClock.now()
            }
        }
        return client
    }
}
