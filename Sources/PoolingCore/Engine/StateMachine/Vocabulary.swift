/// One driver call for one connection. A call whose operation is no longer current comes late and changes nothing (F4).
package struct Operation: Sendable, Hashable {
    package var slot: Int32
    package var number: UInt32
}

/// What an acquire asks for.
@usableFromInline
package struct AcquireRequest: Sendable {
    package var deadline: MonotonicInstant
    /// 0 is served before 1, 1 before 2.
    package var level: Int
    /// Take what is there now, or nothing.
    package var waits: Bool
    /// Began before those who wait now: its first connection proved unfit.
    package var isReturning: Bool
    /// Takes a connection that was not prepared, where the driver would prepare it.
    package var skipsPreparation = false
    /// When the acquire began.
    package var since: MonotonicInstant
    /// The task that acquires for a scoped loan, 0 for others.
    package var task: UInt
    /// Where child tasks are followed: the loans that can't end before this acquire does, by their owners' numbers.
    package var holds: [UInt]

    package init(
        deadline: MonotonicInstant, level: Int = 1, waits: Bool = true, isReturning: Bool = false,
        since: MonotonicInstant, task: UInt = 0, holds: [UInt] = []
    ) {
        self.deadline = deadline
        self.level = level
        self.waits = waits
        self.isReturning = isReturning
        self.since = since
        self.task = task
        self.holds = holds
    }
}

/// In what state a connection comes back.
@usableFromInline
package enum ReturnOutcome: Sendable, Hashable {
    case ready, dirty, suspect, broken
    /// The borrower does not want it to be used again.
    case discarded
    /// It leaves the pool with the borrower.
    case detached
}

/// Why an acquire gets nothing.
@usableFromInline
package enum Refusal: Sendable, Hashable {
    case timedOut, cancelled, queueFull, suspended, shutDown, outage, nested
    /// The driver, which was to prepare a connection for it, does not want it to have any.
    case unprepared
    /// Nothing was there at once, and the request does not wait.
    case unavailable
}

package enum MachineEvent: Sendable {
    case started
    case acquire(WaiterID, AcquireRequest)
    /// Waits until `min` connections, and at least one, are open and one has been proved since.
    case warm(WaiterID, deadline: MonotonicInstant)
    case cancelled(WaiterID)
    /// A loan that comes back through the machine; its slot is owned again.
    case released(Int, ReturnOutcome)
    case connected(Operation)
    case connectFailed(Operation)
    /// A validation, preparation or reset ended well.
    case succeeded(Operation)
    case failed(Operation)
    /// A preparation ended badly, and the next would not end better: its waiter gets nothing.
    case refused(Operation)
    case closed(Operation)
    /// An operation that had been given up on has ended, and its connection is closed.
    case abandonedEnded
    case timer
    case applied(Settings)
    case suspended
    case resumed
    case recycled(RecycleScope)
    /// An error of a borrower of this slot says that all connections of its generation are unfit.
    case distrusted(slot: Int)
    case shutdown(deadline: MonotonicInstant)
}

package enum MachineAction: Sendable {
    case grant(WaiterID, slot: Int, loan: LoanID, waited: Int64, immediately: Bool)
    case refuse(WaiterID, Refusal, waited: Int64)
    case warmed(WaiterID)
    case connect(Operation, ConnectionID)
    case validate(Operation, ConnectionID)
    case reset(Operation, ConnectionID)
    case prepare(Operation, ConnectionID, for: WaiterID)
    /// Its deadline has passed, or nobody wants its result: cancel the task.
    case cancel(Operation)
    case close(Operation, ConnectionID, CloseReason, deadline: MonotonicInstant, age: Int64)
    /// The operation ignored its deadline; its result, if it ever comes, is to be closed.
    case abandon(Operation, ConnectionID)
    /// The connection has been on loan for longer than a loan should take. Told once for a loan.
    case suspectLeak(ConnectionID, slot: Int, age: Int64)
    case outageBegan
    case outageEnded
    /// Apart from the others, which are copied for each loan.
    indirect case shutDown(ShutdownReport)
}
