import PGDriver
import PoolingCore
import PoolingSQL

/// Four instances of a service behind a balancer: four pools, and one limit of the server.
enum FourInstances {
    static func tell(_ server: Server) async throws {
        chapter("Four instances and one server")
        // One is the onlooker's.
        let room = try await server.limit() - 1
        print("  the server has room for \(room) sessions")

        let tooMany = try await run(server, max: room)
        try expect(tooMany.answered == requests, "max \(room) each: all \(requests) requests were answered")
        try expect(tooMany.sessions <= room, "the server had \(tooMany.sessions) sessions at most")
        print("  and refused \(tooMany.refused) connects, each of which cost a process and a login for nothing")

        let share = Swift.max(1, room / 4)
        let enough = try await run(server, max: share)
        try expect(enough.answered == requests, "max \(share) each, a fourth of the room: all were answered")
        try expect(enough.refused == 0, "and no connect was refused")
    }

    private static let requests = 200

    private struct Day {
        var answered = 0
        var refused = 0
        var sessions = 0
    }

    private static func run(_ server: Server, max: Int) async throws -> Day {
        // min 1: an instance that comes last has its connection, too.
        let instances = try (1...4).map { try server.pool("instance-\($0)", .init(min: 1, max: max)) }
        for instance in instances { try await instance.warmUp() }
        var day = Day()
        day.answered = try await withThrowingTaskGroup(of: Void.self) { group in
            for request in 0..<requests {
                // The balancer takes turns.
                let instance = instances[request % instances.count]
                group.addTask { try await instance.execute("SELECT pg_sleep(0.01)") }
            }
            return try await group.reduce(0) { count, _ in count + 1 }
        }
        day.refused = instances.reduce(0) { $0 + Int($1.statistics.connectFailed) }
        for instance in instances { day.sessions += try await server.sessions(of: instance.name).count }
        for instance in instances {
            await instance.shutdown()
            _ = try await server.sessions(of: instance.name) { $0.isEmpty }
        }
        return day
    }
}
