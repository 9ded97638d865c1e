/// The rare branches of the shell that a campaign must have reached ("sometimes" assertions).
package enum ShellBranch: Int, Sendable, Hashable, CaseIterable {
    case fastCheckout, fastCheckin, recalledLoan
    case waited, grantedWhileCancelled, cancelledWaiting, cancelledBeforeWaiting, timedOut, queueFull, outageRefusal
    case suspendedRefusal, nestedRefusal, shutDownRefusal, waitedThroughSuspension
    case expiredDuringValidation, unfitWhenLent, servedAfterUnfit, leasedAtOnce, nothingAtOnce
    case dirtyReturn, suspectReturn, brokenReturn, discarded, detached, droppedLease, secondRelease, verdictDiscard
    case verdictDiscardAll, useAfterReturn, nestedLoan
    case connectCancelled, connectLateAfterShutdown, connectLateAfterAbandon, callIgnoredCancellation
    case preparationRefused
    case validateAbandoned, resetAbandoned, prepareAbandoned, closeAbandoned, abandonedEnded
    case resizedBelowUse, resizedUp, reconfigured, recycledWhileLent, outage, proberInOutage, outageOver
    case warmed, warmUpRefused, secondShutdown, loanForcedAtShutdown, usedAfterForce, waiterRefusedAtShutdown
    case droppedWithLoans, timerOfGonePool, preempted, reentered, quietPool
}
