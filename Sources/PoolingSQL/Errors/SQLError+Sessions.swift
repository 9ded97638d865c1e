// What drivers of servers say of their sessions, in the same words.
extension SQLError {
    /// The server did not say in time that it has stopped.
    package static func uncertain(_ interruption: Interruption) -> SQLError {
        let what =
            switch interruption {
            case .cancelled: "the task was cancelled"
            case .deadlinePassed: "the statement's deadline passed"
            case .closing: "the connection was closed by its pool"
            case .unwanted: "COPY TO STDOUT was no statement for this call and was to be stopped"
            }
        return SQLError(
            .mayHaveExecuted,
            "\(what) while the statement ran, and the server did not confirm in time that it was stopped: it may have been "
                + "executed, and the connection is not used again")
    }

    package static var connectionIsOver: SQLError {
        SQLError(
            .connectionLost, "this connection can't be used any more; the statement was not executed: end the loan")
    }

    package static func inherited() -> SQLError {
        SQLError(
            .connectionLost,
            "this connection was opened by the parent process before fork(), which shares it; nothing was executed: shut "
                + "pools down before fork(), and make new ones after it")
    }

    package static var transactionLost: SQLError {
        SQLError(
            .transactionLost,
            "the transaction was ended before its scope was left; the statement was not executed, since it would have "
                + "taken effect alone: leave the scope, and repeat the whole of it")
    }

    package static var disorderlyTransactions: SQLError {
        SQLError(
            .transactionLost,
            "transactions of one connection were not ended in the order of their nesting; nothing more is executed on it"
        )
    }

    package static var streamOpen: SQLError {
        SQLError(
            .streamOpen,
            "the rows of a stream are still being read on this connection; read them to the end or leave the loop, "
                + "or run the statement on another connection")
    }
}
