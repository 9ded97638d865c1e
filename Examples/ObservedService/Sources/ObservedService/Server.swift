import FlyingFox
import Foundation
import Logging
import ServiceLifecycle

/// HTTP over loopback: the path in, a text out.
struct Server: Service {
    let port: UInt16
    let logger: Logger
    /// nil: there is nothing of that name.
    let answer: @Sendable (_ path: [String]) async throws -> String?

    func run() async throws {
        let handler = ClosureHTTPHandler { request in
            do {
                guard let text = try await answer(request.path.split(separator: "/").map(String.init)) else {
                    return HTTPResponse(statusCode: .notFound)
                }
                return HTTPResponse(
                    statusCode: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                    body: Data(text.utf8))
            } catch {
                logger.info("not served", metadata: ["path": "\(request.path)", "error": "\(error)"])
                return HTTPResponse(statusCode: .serviceUnavailable)
            }
        }
        let server = HTTPServer(
            address: try .inet(ip4: "127.0.0.1", port: port), logger: .disabled, handler: handler)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                try await server.waitUntilListening(timeout: 60)
                if case .ip4(_, let port) = await server.listeningAddress {
                    logger.notice("listening on port \(port)")
                }
                try await gracefulShutdown()
                await server.stop(timeout: 1)
            }
            // Stopping it makes `run()` throw; what matters is how the other one ends.
            var outcome: Result<Void, any Error> = .success(())
            while let ended = await group.nextResult() {
                if case .failure = ended, !Task.isShuttingDownGracefully { outcome = ended }
            }
            try outcome.get()
        }
    }
}
