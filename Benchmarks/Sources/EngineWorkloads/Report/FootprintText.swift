extension Footprint {
    var text: String {
        """
        \(2 * Self.pools + 1) pools in one process, half of them with \(Self.connections) idle connections each

            heap bytes per pool without a connection       \(bytesPerEmptyPool)
            heap bytes per idle connection, its task's too \(bytesPerIdleConnection)
            resident memory of the process, MiB            \(residentBytes >> 20)
            threads                                        \(threads)
            while nobody used them for \(seconds) s: processor time \(processorTime.inMicroseconds.short) µs, \
        \(sleeps) wake-ups of any thread

        """
    }
}
