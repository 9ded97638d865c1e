internal import CoreMetrics
internal import PoolingCore

/// The gauges of one pool, or of several together.
struct PoolGauges {
    private var (idle, used, connecting, checking, resetting, closing) = (0, 0, 0, 0, 0, 0)
    private var (idleMax, idleMin, max, waiting, abandoned) = (0, 0, 0, 0, 0)

    mutating func add(_ s: PoolStatistics, minIdle: Int) {
        idle += s.idle
        used += s.leased
        connecting += s.connecting
        checking += s.checking
        resetting += s.resetting
        closing += s.closing
        // All of them may be idle; how many stay so is decided by time, not by number.
        idleMax += s.max
        idleMin += Swift.min(s.max, Swift.max(s.min, minIdle))
        max += s.max
        waiting += s.waiting
        abandoned += s.abandoned
    }

    func set(on series: Series) {
        series.idle.set(Int64(idle))
        series.used.set(Int64(used))
        series.connecting.set(Int64(connecting))
        series.checking.set(Int64(checking))
        series.resetting.set(Int64(resetting))
        series.closing.set(Int64(closing))
        series.idleMax.set(Int64(idleMax))
        series.idleMin.set(Int64(idleMin))
        series.max.set(Int64(max))
        series.pendingRequests.set(Int64(waiting))
        series.abandoned.set(Int64(abandoned))
    }
}
