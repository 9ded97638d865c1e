/// Thrown by ``PoolDriver/prepare(_:context:)`` where another connection would not do better: this one is closed, and the
/// acquire throws ``cause`` instead of trying the next.
public struct LoanRefusal: Error, Sendable {
    /// What the acquire throws.
    public let cause: any Error

    public init(_ cause: any Error) { self.cause = cause }
}
