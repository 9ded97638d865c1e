/// What waits for a thread: a job of a task, or one blocking call of a task that lives elsewhere.
enum QueuedJob {
    case job(UnownedJob, on: UnownedTaskExecutor)
    case call(BlockingCall)
}

/// First in, first out, in a buffer that grows and is kept: no allocation once it has its size.
struct JobRing {
    private var slots: [QueuedJob?] = Array(repeating: nil, count: 64)
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ job: QueuedJob) {
        if count == slots.count { grow() }
        slots[(head + count) & (slots.count - 1)] = job
        count += 1
    }

    mutating func popFirst() -> QueuedJob? {
        guard count > 0 else { return nil }
        let job = slots[head].take()
        head = (head + 1) & (slots.count - 1)
        count -= 1
        return job
    }

    private mutating func grow() {
        let ordered = slots[head...] + slots[..<head]
        slots = Array(ordered) + Array(repeating: nil, count: slots.count)
        head = 0
    }
}
