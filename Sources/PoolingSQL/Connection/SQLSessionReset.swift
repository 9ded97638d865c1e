/// What is done about a session that a borrower has changed: settings, temporary tables and what else would reach the
/// next borrower (F53). Transactions, streams and unread results are always seen to.
public enum SQLSessionReset: String, Sendable, Hashable, CaseIterable {
    /// What the driver has seen being changed is put back, off the borrower's path. Each driver says what it can't see.
    case tracked
    /// After every loan.
    case always
    /// Never: borrowers are trusted.
    case never
}
