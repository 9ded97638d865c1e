internal import Foundation

/// What the process takes of the machine; zero where there is no /proc.
struct Footprint {
    var residentBytes: Int
    var threads: Int

    static var now: Footprint {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        var footprint = Footprint(residentBytes: 0, threads: 0)
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count > 1, let number = Int(words[1]) else { continue }
            switch words[0] {
            case "VmRSS:": footprint.residentBytes = number * 1024
            case "Threads:": footprint.threads = number
            default: break
            }
        }
        return footprint
    }
}
