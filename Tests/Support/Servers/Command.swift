import Foundation
package import PoolingCore

/// A program that is run to its end, off the cooperative threads, and what it said.
package struct Command: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package var command: String
        package var status: Int32
        package var output: String
        package init(command: String, status: Int32, output: String) {
            self.command = command
            self.status = status
            self.output = output
        }

        package var description: String { "'\(command)' ended with status \(status): \(output)" }
    }

    package var path: String
    package var arguments: [String]
    /// nil: that of this process.
    package var environment: [String: String]?

    package init(_ path: String, _ arguments: [String], environment: [String: String]? = nil) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
    }

    /// - Returns: its output, errors included.
    /// - Throws: ``Failure`` unless it ends with status 0.
    package func run() async throws -> String { try await Self.executor.run { try runBlocking() } }

    /// On the thread of the caller.
    package func runBlocking() throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        if let environment { process.environment = environment }
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let name = ([path] + arguments.prefix(3)).joined(separator: " ")
            throw Failure(command: name, status: process.terminationStatus, output: output)
        }
        return output
    }

    package static let executor = BlockingExecutor(name: "commands", threads: 2)
}
