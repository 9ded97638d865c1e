import Testing

/// {goes well, throws, ends late, never ends} for each call of the driver, times {not, before, during, after} for the
/// cancellation of the borrower: every cell ends, no deadline is missed, and nothing is left behind (F13, F14, F15,
/// F61, F62).
@Suite(.serialized) struct DriverCallMatrixTests {
    @Test(.timeLimit(.minutes(1)), arguments: Cell.Call.allCases)
    func `every cell ends in time and leaves nothing behind`(call: Cell.Call) async throws {
        var cells = Cell.all(of: call)
        #expect(cells.count == 16)
        // A deadline that is missed may be this machine's fault, if it is not missed three times.
        for attempt in 1...3 where !cells.isEmpty {
            let results = try await withThrowingTaskGroup(of: (Cell, [String], [String]).self) { group in
                for cell in cells {
                    group.addTask {
                        let (faults, delays) = try await CellRun.play(cell)
                        return (cell, faults, delays)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            cells = []
            for (cell, faults, delays) in results {
                for fault in faults { Issue.record("\(fault)") }
                if delays.isEmpty { continue }
                cells.append(cell)
                if attempt == 3 { for delay in delays { Issue.record("\(delay), for the third time") } }
            }
        }
    }
}
