internal import Foundation

/// One line on stderr that says what is going on, if a person may be looking.
struct TerminalProgress {
    private let isShown = isatty(STDERR_FILENO) == 1

    func show(_ text: String) { if isShown { StandardStreams.writeError("\r\u{1B}[K\(text)") } }
    func clear() { show("") }
}
