/// Ways in which a simulation may be wrong on purpose, to prove that its checks can fail.
package enum Lie: String, Sendable, Hashable, CaseIterable {
    /// The slots give the machine what is on loan.
    case claimsWhatIsLent
    /// A recall does not tell of the loan that it found.
    case hidesRecalledLoans
    /// The machine hears that a dirty connection came back clean.
    case returnsDirtAsReady
    /// The machine hears that a failed check went well.
    case passesFailedChecks
    /// Timers are delivered much too late.
    case delaysTimers
    /// A cancellation never reaches the machine.
    case losesCancellations
    /// The machine hears of a close that has not ended.
    case closesTooEarly
    /// The machine hears again that an abandoned call has ended.
    case endsAbandonedTwice
    /// Waiters are reported in the reverse order of their priorities.
    case reversesPriorities
}
