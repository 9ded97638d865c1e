internal import Foundation

/// What figures have to be read with: the machine, the build, the moment and the command.
struct Circumstances: Codable, Sendable, Equatable {
    var processor: String
    /// Those that the process may use.
    var cores: Int
    var memoryBytes: UInt64
    /// Distribution and kernel.
    var system: String
    var swift: String
    /// debug or release.
    var build: String
    /// UTC, ISO 8601.
    var began: String
    /// As it was typed, without passwords.
    var command: String
    /// Tasks that were running or ready to, on average of a minute; nil: the system does not tell.
    var loadAtBegin: Double?
    var loadAtEnd: Double?

    enum CodingKeys: String, CodingKey {
        case processor, cores, system, swift, build, began, command
        case memoryBytes = "memory_bytes"
        case loadAtBegin = "load_at_begin"
        case loadAtEnd = "load_at_end"
    }

    static let debug = "debug"

    var isDebug: Bool { build == Self.debug }
}

extension Circumstances {
    /// Now, here.
    init(arguments: [String], _ registry: DriverRegistry) {
        let process = ProcessInfo.processInfo
        processor = Self.model
        cores = process.activeProcessorCount
        memoryBytes = process.physicalMemory
        system = "\(process.operatingSystemVersionString), \(Self.kernel)"
        swift = Self.compiler
        #if DEBUG
            build = Self.debug
        #else
            build = "release"
        #endif
        began = ISO8601DateFormatter().string(from: Date())
        command = (["pooling"] + CommandArguments.shown(arguments, registry)).map(CommandArguments.quoted).joined(
            separator: " ")
        loadAtBegin = Self.load
    }

    mutating func end() { loadAtEnd = Self.load }

    private static var load: Double? {
        var averages = [0.0]
        return getloadavg(&averages, 1) == 1 ? ReportNumber.rounded(averages[0]) : nil
    }

    /// What the program was compiled with; the compiler tells its version in no other way.
    private static var compiler: String {
        #if compiler(>=6.4)
            "6.4 or later"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }

    private static var kernel: String {
        var names = utsname()
        guard uname(&names) == 0 else { return "" }
        func text<Field>(_ field: Field) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return "\(text(names.sysname)) \(text(names.release)) \(text(names.machine))"
    }

    private static var model: String {
        #if canImport(Darwin)
            var size = 0
            guard sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0) == 0 else { return "unknown" }
            var bytes = [UInt8](repeating: 0, count: size)
            guard sysctlbyname("machdep.cpu.brand_string", &bytes, &size, nil, 0) == 0 else { return "unknown" }
            return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        #else
            let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
            // Some processors have no name there.
            guard let line = lines.first(where: { $0.hasPrefix("model name") }),
                let colon = line.firstIndex(of: ":")
            else { return "unknown" }
            return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        #endif
    }
}
