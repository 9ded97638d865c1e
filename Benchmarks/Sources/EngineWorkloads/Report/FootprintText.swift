extension Footprint {
    var text: String {
        """
        \(2 * Self.pools + 1) pools in one process, half of them with \(Self.connections) idle connections each

            heap bytes per pool without a connection        \(bytesPerEmptyPool)
            heap bytes per idle connection, its slot's too  \(bytesPerIdleConnection)
            resident memory of the process, MiB             \(residentBytes >> 20)
            threads                                         \(threads)
            while nobody used them                          \(idleAfter.text)
            before there was any pool                       \(idleBefore.text)

        """
    }
}

extension Idleness {
    fileprivate var text: String {
        "\(processorTime.inMicroseconds.short) µs of a processor, \(wakeUps) wake-ups of any thread, in \(seconds) s"
    }
}
