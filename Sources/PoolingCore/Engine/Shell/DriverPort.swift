internal import ServiceContextModule

/// A connection whose type the engine does not know, on its way to or from a driver call.
protocol AnyConnection: AnyObject, Sendable {}

/// A driver as the engine sees it: calls on slots. The engine is not generic, since generic code that is called across
/// modules costs more than a whole checkout; ``DriverAdapter`` is the typed half.
///
/// Each call starts a task of its own and returns it; the task holds the driver and the connection, and the engine only
/// weakly.
protocol DriverPort: AnyObject, Sendable {
    /// Under the lock. What is in the slot, for a call on it.
    func connection(in slot: Int) -> (any AnyConnection)?
    /// Under the lock. Takes the connection out of its slot.
    func removeConnection(from slot: Int) -> (any AnyConnection)?

    func connect(_ call: DriverCall) -> Task<Void, Never>
    func validate(_ connection: any AnyConnection, _ call: DriverCall) -> Task<Void, Never>
    func reset(_ connection: any AnyConnection, _ call: DriverCall) -> Task<Void, Never>
    func prepare(_ connection: any AnyConnection, context: ServiceContext, _ call: DriverCall) -> Task<Void, Never>
    func close(_ connection: any AnyConnection, _ reason: CloseReason, deadline: MonotonicInstant, _ call: DriverCall)
}

/// Who a driver call is for.
struct DriverCall: Sendable {
    let operation: Operation
    let id: ConnectionID
    let startedAt: MonotonicInstant
    weak var core: PoolCore?
}
