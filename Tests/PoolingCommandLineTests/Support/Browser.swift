import Foundation
import TestServers

/// A browser without a window: Debian's Chromium. It asks no network, and is ended with all its processes when its time is
/// up.
struct Browser {
    enum Paper: String { case light, dark }

    var paper = Paper.light

    /// The document as it is once it has been shown and its scripts have run.
    func document(of page: String) async throws -> String {
        try await run(["--dump-dom", "--window-size=1400,1000"], page)
    }

    /// Prints the page, and reads what is on the paper.
    func printed(_ page: String, in folder: TestFolder) async throws -> String {
        let file = folder.path("page.pdf")
        _ = try await run(["--print-to-pdf=\(file)", "--no-pdf-header-footer"], page)
        return try await Command("/usr/bin/env", ["pdftotext", "-layout", file, "-"]).run()
    }

    struct NotFound: Error {
        var names: [String]
    }

    private func run(_ arguments: [String], _ page: String) async throws -> String {
        let profile = try TestFolder()
        // 0: dark, 1: light.
        let scheme = paper == .dark ? 0 : 1
        // `timeout` makes a group of processes, and ends all of it.
        return try await Command(
            "/usr/bin/env",
            [
                "timeout", "--signal=TERM", "--kill-after=5", "120", try Self.program, "--headless", "--no-sandbox",
                "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--hide-scrollbars",
                "--no-first-run",
                "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=\(profile.url.path)", "--log-level=3",
                "--blink-settings=preferredColorScheme=\(scheme)",
            ] + arguments + ["file://\(page)"]
        ).run()
    }

    /// Debian and Fedora call it chromium or chromium-browser; macOS keeps it among the applications.
    private static var program: String {
        get throws {
            let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
            let names = ["chromium", "chromium-browser"]
            let paths =
                folders.flatMap { folder in names.map { "\(folder)/\($0)" } }
                + ["/Applications/Chromium.app/Contents/MacOS/Chromium"]
            guard let path = paths.first(where: FileManager.default.isExecutableFile) else {
                throw NotFound(names: names)
            }
            return path
        }
    }
}
