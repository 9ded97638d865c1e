internal import CSQLite
internal import PoolingSQL

/// What SQLite calls when a statement calls a function. SQLite holds one reference for each connection that knows the
/// function, and gives it back when that connection closes or is refused the function.
final class FunctionBody: Sendable {
    enum Kind: Sendable {
        case scalar(@Sendable (SQLiteArguments) throws -> SQLValue)
        case aggregate(@Sendable () -> Aggregation)
    }

    private let name: String
    private let kind: Kind

    init(name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// - Returns: SQLite's result code.
    func install(in database: OpaquePointer, arguments: Int?, flags: Int32) -> Int32 {
        let context = Unmanaged.passRetained(self).toOpaque()
        let arguments = Int32(clamping: arguments ?? -1)
        // SQLite gives the reference back by itself if it refuses.
        let release: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
            if let context { Unmanaged<FunctionBody>.fromOpaque(context).release() }
        }
        switch kind {
        case .scalar:
            return sqlite3_create_function_v2(
                database, name, arguments, flags, context,
                { call, count, values in FunctionBody.of(call)?.run(FunctionCall(call, count, values)) }, nil, nil,
                release)
        case .aggregate:
            return sqlite3_create_function_v2(
                database, name, arguments, flags, context, nil,
                { call, count, values in FunctionBody.of(call)?.step(FunctionCall(call, count, values)) },
                { call in FunctionBody.of(call)?.finish(FunctionCall(call, 0, nil)) }, release)
        }
    }

    private static func of(_ call: OpaquePointer?) -> FunctionBody? {
        guard let call, let context = sqlite3_user_data(call) else { return nil }
        return Unmanaged<FunctionBody>.fromOpaque(context).takeUnretainedValue()
    }

    private func run(_ call: FunctionCall) {
        guard case .scalar(let body) = kind else { return }
        do { call.give(try body(call.arguments)) } catch { call.fail(name, error) }
    }

    private func step(_ call: FunctionCall) {
        guard case .aggregate(let begin) = kind else { return }
        guard let place = call.place(MemoryLayout<UnsafeMutableRawPointer?>.size) else { return call.failForMemory() }
        let aggregation: Aggregation
        if let known = place.pointee {
            aggregation = Unmanaged<Aggregation>.fromOpaque(known).takeUnretainedValue()
        } else {
            aggregation = begin()
            place.pointee = Unmanaged.passRetained(aggregation).toOpaque()
        }
        do { try aggregation.step(call.arguments) } catch {
            aggregation.isFailed = true
            call.fail(name, error)
        }
    }

    /// SQLite calls it once for each group that ``step(_:)`` was called for, also when the statement is given up, and
    /// for a group without rows.
    private func finish(_ call: FunctionCall) {
        guard case .aggregate(let begin) = kind else { return }
        let aggregation: Aggregation
        if let place = call.place(0), let known = place.pointee {
            place.pointee = nil
            aggregation = Unmanaged<Aggregation>.fromOpaque(known).takeRetainedValue()
        } else {
            aggregation = begin()
        }
        if aggregation.isFailed { return }
        do { call.give(try aggregation.final()) } catch { call.fail(name, error) }
    }
}

/// One group's pass through an aggregate. SQLite holds the reference between the steps.
final class Aggregation {
    let step: (SQLiteArguments) throws -> Void
    let final: () throws -> SQLValue
    var isFailed = false

    init(step: @escaping (SQLiteArguments) throws -> Void, final: @escaping () throws -> SQLValue) {
        self.step = step
        self.final = final
    }
}
