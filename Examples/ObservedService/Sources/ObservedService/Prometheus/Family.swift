import PoolingObservability

/// The metric as Prometheus calls it.
struct Family {
    let name: String
    private let help: String
    private let unit: String?
    private let kind: String

    /// The unit and `total` belong into the name; what is only counted has no unit.
    init(_ label: String, kind: String) {
        let metric = PoolMetric.all.first { $0.name == label }
        let unit = metric?.unit == "s" ? "seconds" : nil
        name = label.sanitized + (unit.map { "_\($0)" } ?? "") + (kind == "counter" ? "_total" : "")
        help = metric?.help ?? label
        (self.unit, self.kind) = (unit, kind)
    }

    var head: [String] {
        ["# HELP \(name) \(help)", "# TYPE \(name) \(kind)"] + (unit.map { ["# UNIT \(name) \($0)"] } ?? [])
    }

    func sample(_ suffix: String, _ labels: String, _ value: String) -> String {
        "\(name)\(suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(value)"
    }
}

extension String {
    /// Dots are OpenTelemetry's.
    var sanitized: String { String(map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }) }

    var escaped: String {
        reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }
}
