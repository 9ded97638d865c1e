internal import ServiceContextModule

final class TypedConnection<Connection: Sendable>: AnyConnection {
    let value: Connection
    init(_ value: Connection) { self.value = value }
}

/// The typed half of the engine: a driver and the connections that it made, by slot.
///
/// Its tasks are detached: a driver's call belongs to the pool and takes neither task-local values nor priority from
/// the borrower who happens to cause it.
@usableFromInline
final class DriverAdapter<Driver: PoolDriver>: DriverPort {
    @usableFromInline let driver: Driver
    @usableFromInline let store = ConnectionStore<Driver.Connection>()
    let isUndeclared: Bool
    /// Of the pool's surroundings; nil: the process's.
    let executor: (any TaskExecutor)?

    init(_ driver: Driver, executor: (any TaskExecutor)?) {
        self.driver = driver
        self.executor = executor
        isUndeclared = driver.requiredHooks.contains(.undeclared)
    }

    func connection(in slot: Int) -> (any AnyConnection)? {
        store[slot].map { TypedConnection($0) }
    }

    func removeConnection(from slot: Int) -> (any AnyConnection)? {
        store.exchange(nil, at: slot).map { TypedConnection($0) }
    }

    func connect(_ call: DriverCall) -> Task<Void, Never> {
        Task.detached(executorPreference: executor) { [driver, executor, weak self] in
            do {
                let connection = try await driver.connect()
                let isWanted =
                    call.core?.connectEnded(call) { [weak self] slot in
                        _ = self?.store.exchange(connection, at: slot)
                    } ?? false
                if !isWanted { await Self.closeLate(connection, driver, call, executor) }
            } catch {
                call.core?.connectFailed(call, error)
            }
        }
    }

    func validate(_ connection: any AnyConnection, _ call: DriverCall) -> Task<Void, Never> {
        perform(call, .validate, on: connection) { driver, connection in try await driver.validate(connection) }
    }

    func reset(_ connection: any AnyConnection, _ call: DriverCall) -> Task<Void, Never> {
        perform(call, .reset, on: connection) { driver, connection in try await driver.reset(connection) }
    }

    func prepare(_ connection: any AnyConnection, context: ServiceContext, _ call: DriverCall) -> Task<Void, Never> {
        let isUndeclared = isUndeclared
        return perform(call, .prepare, on: connection) { driver, connection in
            do { try await driver.prepare(connection, context: context) } catch {
                // The default one does not throw.
                if isUndeclared { call.core?.learned(preparesNothing: false) }
                throw error
            }
            if isUndeclared { call.core?.learned(preparesNothing: DefaultPrepare.isUsed(by: Driver.self)) }
        }
    }

    private func perform(
        _ call: DriverCall, _ kind: OperationKind, on connection: any AnyConnection,
        _ body: @escaping @Sendable (Driver, Driver.Connection) async throws -> Void
    ) -> Task<Void, Never> {
        Task.detached(executorPreference: executor) { [driver, executor] in
            guard let connection = (connection as? TypedConnection<Driver.Connection>)?.value else { return }
            var failure: (any Error)?
            do { try await body(driver, connection) } catch { failure = error }
            let isWanted = call.core?.operationEnded(call, kind, failure) ?? false
            if !isWanted { await Self.closeLate(connection, driver, call, executor) }
        }
    }

    /// The pool gave this call up, or is gone: nobody else will close the connection (F14, F62).
    private static func closeLate(
        _ connection: Driver.Connection, _ driver: Driver, _ call: DriverCall, _ executor: (any TaskExecutor)?
    ) async {
        let reason: CloseReason = call.core?.isShutDown ?? true ? .shutdown : .late
        // This task was told to stop when its call was given up; the close must not take that for its own cancellation.
        await Task.detached(executorPreference: executor) {
            await driver.close(connection, reason: reason, deadline: .now + .seconds(5))
        }.value
        call.core?.abandonedEnded()
    }

    func close(_ connection: any AnyConnection, _ reason: CloseReason, deadline: MonotonicInstant, _ call: DriverCall) {
        let left = deadline - call.startedAt
        Task.detached(executorPreference: executor) { [driver] in
            guard let connection = (connection as? TypedConnection<Driver.Connection>)?.value else { return }
            await driver.close(connection, reason: reason, deadline: .now + .nanoseconds(max(0, left)))
            call.core?.closeEnded(call)
        }
    }
}

/// Which driver call it was, for events.
enum OperationKind: Sendable {
    case validate, reset, prepare
}
