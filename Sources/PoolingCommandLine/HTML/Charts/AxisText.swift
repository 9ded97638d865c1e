/// What is written along axes: short, with its unit.
enum AxisText {
    /// Operations per second: "0", "500", "20 k", "1.5 M".
    static func perSecond(_ value: Double) -> String {
        switch value {
        case ..<1000: ReportNumber.plain(value)
        case ..<1_000_000: "\(ReportNumber.plain(value / 1e3)) k"
        default: "\(ReportNumber.plain(value / 1e6)) M"
        }
    }

    /// Of microseconds: "10 ns", "1 µs", "100 ms".
    static func time(_ microseconds: Double) -> String {
        switch microseconds {
        case 0: "0"
        case ..<0.999: "\(ReportNumber.plain(microseconds * 1e3)) ns"
        case ..<999: "\(ReportNumber.plain(microseconds)) µs"
        case ..<999_000: "\(ReportNumber.plain(microseconds / 1e3)) ms"
        default: "\(ReportNumber.plain(microseconds / 1e6)) s"
        }
    }

    static func seconds(_ value: Double) -> String { "\(ReportNumber.plain(value)) s" }
}
