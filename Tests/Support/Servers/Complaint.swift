internal import Foundation

/// How the built executable `pooling` ends when it is to measure something that it can't connect to.
package struct Complaint: Sendable, CustomStringConvertible {
    package var status: Int32
    /// Without the last line's end.
    package var text: String

    package var description: String { "\(status): \(text)" }
    /// A single sentence, and the status of one that can't connect.
    package var isInOrder: Bool { status == 3 && !text.isEmpty && !text.contains("\n") }

    /// - Parameter environment: on top of that of this process.
    package init(about url: String, _ environment: [String: String] = [:]) async throws {
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let arguments = ["bench", "--url", url, "--duration", "50ms", "--warmup", "0s", "--clients", "1"]
        do {
            text = try await Command(Products.path(of: "pooling"), arguments, environment: all).run()
            status = 0
        } catch let failure as Command.Failure {
            text = failure.output.trimmingCharacters(in: .newlines)
            status = failure.status
        }
    }
}
