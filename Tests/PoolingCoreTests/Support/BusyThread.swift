import PoolingCore

/// The only thread of an executor, kept busy: a task of it that is served meanwhile goes on later.
struct BusyThread {
    private let gate: ThreadGate
    private let task: Task<Void, any Error>

    /// Returns when the thread is busy.
    init(of executor: BlockingExecutor) async {
        let (gate, isBusy) = (ThreadGate(), Gate())
        self.gate = gate
        task = Task {
            try await executor.run {
                isBusy.open()
                gate.wait()
            }
        }
        await isBusy.wait()
    }

    func free() async throws {
        gate.open()
        try await task.value
    }
}
