public import PoolingCore

/// One question of a ``CrossTalk``: its answer is known to whoever asks, and to nobody else's.
public struct CrossTalkQuestion: Sendable, Hashable {
    /// What the backend has to send back.
    public var nonce: String
    /// Drawn for the subject, to ask in one of several ways: as a query, as a stream, in a transaction.
    public var way: Int
    /// How many bytes the answer is to have besides, so that it does not come in one piece.
    public var padding: Int
    /// How long the backend is to take, so that there is something to stop.
    public var work: Duration
    /// When its borrower wants to have it stopped; nil: never.
    public var deadline: ContinuousClock.Instant?
}

/// What an error means to a borrower who has asked.
public enum CrossTalkEnding: Sendable, Hashable {
    /// It was stopped at its deadline, and the connection goes on.
    case stopped
    /// The backend did not confirm in time that it was stopped; the connection is not used again.
    case uncertain
}

/// How a backend is asked: one small type beside the driver.
public protocol CrossTalkSubject: Sendable {
    associatedtype Driver: PoolDriver

    /// Asks through the loan, and returns the nonce that came back; throws if the padding is not what was asked for.
    func ask(_ question: CrossTalkQuestion, through handle: Driver.Handle) async throws -> String

    /// nil: an error that has no business here.
    func ending(of error: any Error) -> CrossTalkEnding?

    /// What the backend calls the session behind the loan.
    func session(of handle: Driver.Handle) async throws -> String

    /// The sessions that the backend has of this pool, as itself tells.
    func sessions() async throws -> [String]
}
