internal import PoolingCore

extension Duration {
    /// ``inNanoseconds``, without a division of 128 bits for what is shorter than nine seconds.
    @inline(__always)
    var shortInNanoseconds: Int64 {
        if let attoseconds = Int64(exactly: attoseconds) { return attoseconds / 1_000_000_000 }
        return inNanoseconds
    }
}
