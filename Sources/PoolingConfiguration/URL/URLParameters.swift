internal import PoolingCore

/// A URL, and the pool's parameters that were taken out of it.
struct URLParameters {
    struct Parameter: Sendable {
        var setting: PoolSetting
        /// Decoded.
        var text: String
    }

    /// Without the parameters, byte for byte as it was.
    private(set) var url: String
    private(set) var parameters: [Parameter] = []
    /// Each the end of a sentence about the URL.
    private(set) var mistakes: [String] = []

    init(_ text: String) {
        url = text
        guard let question = text.utf8.firstIndex(of: UInt8(ascii: "?")) else { return }
        let address = text[..<question]
        var kept: [Substring] = []
        var names: Set<String> = []
        // An empty query and empty options stay what they are.
        let options = text[text.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false)
        for (index, option) in options.enumerated() {
            let written = option.prefix { $0 != "=" }
            // As drivers see it, which pass over such options.
            guard let name = PercentEncoding.decode(written), name.hasPrefix("pool_") else {
                kept.append(option)
                continue
            }
            guard let setting = PoolSettings.byParameter[name] else {
                mistakes.append(Self.unknown(name, index + 1))
                continue
            }
            guard names.insert(name).inserted else {
                mistakes.append("has the parameter \(name) twice")
                continue
            }
            guard written.endIndex < option.endIndex else {
                mistakes.append("has the parameter \(name) without a value; write \(name)=…")
                continue
            }
            guard let value = PercentEncoding.decode(option[option.index(after: written.endIndex)...]) else {
                mistakes.append("has the parameter \(name) with a wrong escape; a % is followed by two hex digits")
                continue
            }
            parameters.append(Parameter(setting: setting, text: value))
        }
        if kept.count == options.count { return }
        url = kept.isEmpty ? String(address) : address + "?" + kept.joined(separator: "&")
    }

    private static func unknown(_ name: String, _ place: Int) -> String {
        let known = PoolSettings.all.map(\.parameter)
        if let near = Spelling.nearest(to: name, among: known) {
            return "has the parameter \(name), which is not known; did you mean \(near)?"
        }
        return "has a pool_ parameter (its option number \(place)) that is not known; known are "
            + known.joined(separator: ", ")
    }
}
