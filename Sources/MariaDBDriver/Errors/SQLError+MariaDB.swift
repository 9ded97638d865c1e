internal import PoolingSQL

extension SQLError {
    static var stopped: SQLError {
        SQLError(.interrupted, "the statement was stopped at its deadline and had no effect", vendorCode: 1317)
    }

    /// What it has changed, or committed in between, is not taken back.
    static var stoppedMidway: SQLError {
        SQLError(
            .mayHaveExecuted,
            "the statement was stopped at its deadline, and what it had done by itself until then may stay: look before "
                + "repeating it", vendorCode: 1317)
    }
}
