import PoolingCore

// What borrowers get, and whether they had to get it.

extension ShellWorld {
    func begin(_ client: ShellClient, level: Int, timeout: Duration, isLoan: Bool = true) -> ShellAcquire {
        let acquire = ShellAcquire(
            level: level, isLoan: isLoan, deadline: time + timeout.inNanoseconds, began: nextOrder(),
            lag: lag)
        client.acquire = acquire
        acquires += 1
        note(6, Int64(client.number), Int64(level), "client \(client.number) acquires within \(timeout)")
        return acquire
    }

    /// The borrower has it.
    func granted(_ client: ShellClient, _ acquire: ShellAcquire) {
        granted += 1
        client.acquire = nil
        note(7, Int64(client.number), "client \(client.number) is served")
        if acquire.isFast || acquire.queued == nil {
            acquire.overtaken = acquire.wasUnfit ? nil : overtaken(by: acquire, acquire.began)
        } else {
            coverage.reached(.waited)
        }
        if let other = acquire.overtaken { problem("client \(client.number) overtook client \(other)") }
        if acquire.wasUnfit { coverage.reached(.servedAfterUnfit) }
        if acquire.sawSuspension, acquire.queued != nil { coverage.reached(.waitedThroughSuspension) }
    }

    /// It ended otherwise.
    func refused(_ client: ShellClient, _ acquire: ShellAcquire, _ error: any Error) {
        client.acquire = nil
        note(8, Int64(client.number), "client \(client.number) gets \(error)")
        // A warm-up is no acquire.
        if acquire.isLoan { refusals += 1 }
        if error is SimulatedDriver.Refusal {
            coverage.reached(.preparationRefused)
            return require(script.hooks.contains(.prepare), "an acquire was refused by a hook that there is not")
        }
        guard let error = error as? PoolError else {
            require(error is CancellationError, "an acquire ended with \(error)")
            require(client.isCancelled, "client \(client.number) got a CancellationError without being cancelled")
            if acquire.wasCancelledWhenGranted {
                coverage.reached(.grantedWhileCancelled)
            } else {
                coverage.reached(acquire.queued == nil ? .cancelledBeforeWaiting : .cancelledWaiting)
            }
            return
        }
        switch error.code {
        case .acquireTimedOut:
            coverage.reached(.timedOut)
            require(time >= acquire.deadline, "client \(client.number) timed out too early")
            if acquire.sawChecking { coverage.reached(.expiredDuringValidation) }
        case .connectFailed: coverage.reached(.outageRefusal)
        case .queueFull: coverage.reached(.queueFull)
        case .suspended: coverage.reached(.suspendedRefusal)
        case .nestedAcquireWouldDeadlock:
            coverage.reached(.nestedRefusal)
            require(isHolding(client), "client \(client.number), who holds nothing, was refused as nested")
        case .shutDown:
            coverage.reached(.shutDownRefusal)
            require(isEnding, "client \(client.number) was told of a shutdown that nobody asked for")
            if acquire.queued != nil { coverage.reached(.waiterRefusedAtShutdown) }
        default: problem("an acquire ended with \(error)")
        }
    }

    private func isHolding(_ client: ShellClient) -> Bool { client.holding > 0 }

    /// A client waits without being cancelled, so that somebody has to end that.
    func sleep(_ span: Int64) async {
        let pause = Pause()
        agenda.plan(.pauseEnds(pause, plan: 0, well: true), at: time + span)
        _ = await pause.wait()
    }
}
