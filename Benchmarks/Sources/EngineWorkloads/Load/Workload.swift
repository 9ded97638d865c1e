/// What is measured: so many tasks on so many connections, with an empty body or with one yield in it.
struct Workload: Sendable {
    let name: String
    let tasks: Int
    let connections: Int
    let yields: Bool
    /// Cycles (acquire, body, release) of each task.
    var cycles: Int

    var operations: Int { tasks * cycles }

    var summary: String {
        let who = tasks == 1 ? "1 task" : "\(tasks) tasks"
        return "\(name)  \(who), \(connections) connections, \(yields ? "one yield" : "empty body")"
    }

    /// Issue by issue the same five, so that figures can be compared over time. Each run takes a fraction of a second.
    static let all = [
        Workload(name: "W1", tasks: 1, connections: 10, yields: false, cycles: 4_000_000),
        Workload(name: "W2", tasks: 2, connections: 10, yields: false, cycles: 4_000_000),
        Workload(name: "W3", tasks: 32, connections: 10, yields: false, cycles: 200_000),
        Workload(name: "W4", tasks: 32, connections: 10, yields: true, cycles: 10_000),
        Workload(name: "W5", tasks: 1000, connections: 4, yields: true, cycles: 200),
    ]

    /// So many waiters, give or take the connections, and the same number of operations for each count.
    static func queue(ofWaiters waiters: Int) -> Workload {
        Workload(
            name: "\(waiters)", tasks: waiters + 4, connections: 4, yields: true, cycles: max(400_000 / waiters, 4))
    }
}
