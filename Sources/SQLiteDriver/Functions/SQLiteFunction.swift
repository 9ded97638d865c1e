public import PoolingSQL

/// An SQL function, or an aggregate, that is written in Swift: one of ``SQLite/functions``.
///
///     driver.functions = [
///         SQLiteFunction("slug", arguments: 1) { arguments in
///             .text(try arguments.decode(0, as: String.self).lowercased())
///         }
///     ]
///
/// The closure runs inside of the statement that calls it, on the thread of that statement and by several connections
/// at once. It should be quick: the statement can't be cancelled before it returns. It has no handle, so that it can't
/// call back into the connection that it runs on; a call that is smuggled in is refused, since the connection is in use.
///
/// What it throws becomes the message of the statement's ``PoolingSQL/SQLError``, so that it must contain no secret.
///
/// A function that bears the name of a built-in one takes its place on these connections, and in indexes that were made
/// with the built-in one, too; those give wrong results then.
public struct SQLiteFunction: Sendable {
    /// As SQL knows it; upper and lower case of ASCII are the same.
    public let name: String
    /// How many it takes; nil: any number.
    public let arguments: Int?
    /// Whether it gives the same for the same arguments at all times. SQLite then calls it less often, and lets it into
    /// indexes and generated columns.
    public let isDeterministic: Bool
    /// Whether views, triggers, indexes, defaults and constraints may call it. Off, only statements can: somebody who
    /// can change the file's schema does not reach it (F48).
    public let isUsableInSchema: Bool

    let body: FunctionBody

    /// A function of the values of one row.
    ///
    /// - Parameters:
    ///   - name: 1 to 255 bytes of UTF-8.
    ///   - arguments: 0 to 127; nil: any number. Functions of one name with different numbers are different functions.
    ///   - isDeterministic: set it only if it is true: SQLite remembers results, and stores them in indexes.
    ///   - isUsableInSchema: set it only if calling it does no harm whoever wrote the schema. A program without the
    ///     function can't use what is made with it.
    ///   - body: gives the result. A NaN becomes NULL, as everywhere in SQLite.
    public init(
        _ name: String, arguments: Int?, isDeterministic: Bool = false, isUsableInSchema: Bool = false,
        _ body: @escaping @Sendable (SQLiteArguments) throws -> SQLValue
    ) {
        self.init(
            name, arguments: arguments, isDeterministic: isDeterministic, isUsableInSchema: isUsableInSchema,
            body: FunctionBody(name: name, .scalar(body)))
    }

    private init(
        _ name: String, arguments: Int?, isDeterministic: Bool, isUsableInSchema: Bool, body: FunctionBody
    ) {
        self.name = name
        self.arguments = arguments
        self.isDeterministic = isDeterministic
        self.isUsableInSchema = isUsableInSchema
        self.body = body
    }

    /// A function of all rows of a group. It can't be used as a window function.
    ///
    ///     SQLiteFunction.aggregate("product", arguments: 1, initial: 1.0) { product, arguments in
    ///         product *= try arguments.decode(0, as: Double.self)
    ///     } final: { product in
    ///         .double(product)
    ///     }
    ///
    /// - Parameters:
    ///   - name: as of ``init(_:arguments:isDeterministic:isUsableInSchema:_:)``, and so are the options.
    ///   - initial: what a group begins with; evaluated once for each.
    ///   - step: takes one row into the state.
    ///   - final: makes the result. Of a group without rows, too; and, for nothing, of one whose statement was stopped.
    public static func aggregate<State>(
        _ name: String, arguments: Int?, isDeterministic: Bool = false, isUsableInSchema: Bool = false,
        initial: @autoclosure @escaping @Sendable () -> State,
        step: @escaping @Sendable (inout State, SQLiteArguments) throws -> Void,
        final: @escaping @Sendable (State) throws -> SQLValue
    ) -> SQLiteFunction {
        let begin: @Sendable () -> Aggregation = {
            var state = initial()
            return Aggregation(step: { try step(&state, $0) }, final: { try final(state) })
        }
        return SQLiteFunction(
            name, arguments: arguments, isDeterministic: isDeterministic, isUsableInSchema: isUsableInSchema,
            body: FunctionBody(name: name, .aggregate(begin)))
    }
}
