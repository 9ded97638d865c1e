internal import Foundation

/// One line on stderr that says what is going on, if a person may be looking.
struct TerminalProgress {
    private let isShown = isatty(STDERR_FILENO) == 1

    func show(_ text: String) { if isShown { StandardStreams.writeError("\r\u{1B}[K\(text)") } }
    func clear() { show("") }
}

enum StandardStreams {
    static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
    static func writeError(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
