internal import Foundation

/// One line on stderr that says what is going on, if a person may be looking: at a terminal that can wipe it.
struct TerminalProgress {
    private let isShown: Bool

    init() {
        let terminal = ProcessInfo.processInfo.environment["TERM"] ?? ""
        isShown = isatty(STDERR_FILENO) == 1 && !terminal.isEmpty && terminal != "dumb"
    }

    func show(_ text: String) { if isShown { StandardStreams.writeError("\r\u{1B}[K\(text)") } }
    func clear() { show("") }
}
