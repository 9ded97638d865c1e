/// A scrape, taken apart.
struct Scrape {
    /// By "name{labels}", as they stand there.
    var samples: [String: Double] = [:]
    /// By name: HELP, TYPE, UNIT.
    var heads: [String: [String: String]] = [:]
    var lines: Int

    init(_ text: String) throws {
        let all = text.split(separator: "\n")
        lines = all.count
        for line in all {
            if line.hasPrefix("# ") {
                let words = line.dropFirst(2).split(separator: " ", maxSplits: 2).map(String.init)
                heads[words[1], default: [:]][words[0]] = words[2]
            } else {
                guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                    throw Failed(output: "no sample: \(line)")
                }
                samples[String(line[..<space])] = value
            }
        }
    }

    /// The names that samples have.
    var names: Set<String> { Set(samples.keys.map { String($0.prefix { $0 != "{" }) }) }

    func value(_ name: String, _ pool: String, _ more: String = "") -> Double? {
        let wanted = Set([#"db_client_connection_pool_name="\#(pool)""#] + (more.isEmpty ? [] : [more]))
        return samples.first { key, _ in
            key.prefix { $0 != "{" } == name
                && Set(key.dropFirst(name.count + 1).dropLast().split(separator: ",").map(String.init)) == wanted
        }?.value
    }
}
