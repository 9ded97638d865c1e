/// Faults of the world that the checks must notice, to show that they can.
package enum ShellLie: Sendable, Hashable, CaseIterable {
    /// Some timers never come.
    case losesTimers
    /// Timers come 20 ms late.
    case delaysTimers
    /// A connect that fails has opened a connection all the same.
    case forgetsConnections
    /// Two connects bring the same connection.
    case sharesConnections
    /// A dirty connection is said to be ready.
    case hidesDirt
    /// Somebody refers to the pool for ever.
    case keepsThePool
}
