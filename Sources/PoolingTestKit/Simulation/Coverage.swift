/// The rare branches that a campaign must have reached: without them its success says little ("sometimes" assertions).
package enum RareBranch: Int, Sendable, Hashable, CaseIterable {
    case grantedWhileCancelled, cancelledLate, connectEndedAfterShutdown, expiredDuringValidation, recalledLoan
    case lostClaim, borrowedInsidePort, returnedInsidePort, resizedBelowUse, outageBegan, outageEnded
    case abandonedOperation, abandonedOperationEnded, deadlockRefused, retiredWithReplacement, prepareFailed
    case preparationRefused
    case unfitAfterGrant, queueFull, outageRefusal, suspendedRefusal, waitedThroughSuspension, loanForcedAtShutdown
    case staleConnectClosed, siblingsChecked, keptAlive, evictedIdle, closedForUses, closedForLifetime, warmed
    case distrusted, detached, lateEventIgnored, expiredWhilePreparing, cancelledConnectSucceeded, failingWithIdleOnes
    case rampedUp, leakSuspected
}

/// How often each of some branches was reached.
package struct Coverage<Branch: RawRepresentable<Int> & CaseIterable & Sendable>: Sendable {
    package private(set) var counts = [Int](repeating: 0, count: Branch.allCases.count)

    package init() {}

    package subscript(branch: Branch) -> Int { counts[branch.rawValue] }

    package mutating func reached(_ branch: Branch) { counts[branch.rawValue] += 1 }

    package mutating func reached(_ branch: Branch, times: Int) { counts[branch.rawValue] += times }

    package mutating func add(_ other: Coverage) {
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    /// Branches that were never reached.
    package var missing: [Branch] { Branch.allCases.filter { self[$0] == 0 } }

    /// One branch a line.
    package var table: String {
        Branch.allCases.map {
            "\(String(repeating: " ", count: max(0, 10 - "\(self[$0])".count)))\(self[$0])  \($0)"
        }
        .joined(separator: "\n")
    }
}
