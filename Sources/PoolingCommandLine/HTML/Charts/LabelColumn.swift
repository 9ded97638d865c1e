/// Labels one below the other, each as close to the height of its line as the others let it be.
struct LabelColumn {
    var top: Double
    var bottom: Double
    /// From one label to the next.
    var distance = 13.0

    /// - Returns: a height for each of `wanted`, in their order.
    func heights(_ wanted: [Double]) -> [Double] {
        let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
        var placed = order.map { min(max(wanted[$0], top), bottom) }
        for index in placed.indices.dropFirst() {
            placed[index] = max(placed[index], placed[index - 1] + distance)
        }
        // What was pushed out below is pushed back, and pushes those above it.
        var limit = bottom
        for index in placed.indices.reversed() {
            placed[index] = min(placed[index], limit)
            limit = placed[index] - distance
        }
        var heights = wanted
        for (index, place) in zip(order, placed) { heights[index] = place }
        return heights
    }
}
