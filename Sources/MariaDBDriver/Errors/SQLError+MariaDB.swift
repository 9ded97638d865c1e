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

    /// The server did not say in time that it has stopped.
    static func uncertain(_ interruption: Interruption) -> SQLError {
        let what =
            switch interruption {
            case .cancelled: "the task was cancelled"
            case .deadlinePassed: "the statement's deadline passed"
            case .closing: "the connection was closed by its pool"
            }
        return SQLError(
            .mayHaveExecuted,
            "\(what) while the statement ran, and the server did not confirm in time that it was stopped: it may have been "
                + "executed, and the connection is not used again")
    }

    static var connectionIsOver: SQLError {
        SQLError(
            .connectionLost, "this connection can't be used any more; the statement was not executed: end the loan")
    }

    static func inherited() -> SQLError {
        SQLError(
            .connectionLost,
            "this connection was opened by the parent process before fork(), which shares it; nothing was executed: shut "
                + "pools down before fork(), and make new ones after it")
    }

    static var transactionLost: SQLError {
        SQLError(
            .transactionLost,
            "the transaction was ended before its scope was left; the statement was not executed, since it would have "
                + "taken effect alone: leave the scope")
    }

    static var streamOpen: SQLError {
        SQLError(
            .streamOpen,
            "the rows of a stream are being read on this connection; read on, leave the loop, or use another connection"
        )
    }
}
