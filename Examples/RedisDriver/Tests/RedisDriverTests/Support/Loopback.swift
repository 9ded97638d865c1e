import Foundation
import RedisDriver

/// A listening socket on loopback.
final class Loopback: Sendable {
    let descriptor: CInt
    let port: Int

    init() throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isListening else { throw RedisServer.Refused(description: "no port is free, errno \(errno)") }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}

/// Says what no Redis server says. To whoever connects it answers the beginning of a connection as it should be, then it
/// reads, and sends its own.
final class ScriptedServer: Sendable {
    private let loopback: Loopback

    var driver: Redis { Redis(.tcp(host: "127.0.0.1", port: loopback.port)) }

    /// `HELLO`, `SELECT` and `PING`.
    static let welcome = "%1\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n+OK\r\n+PONG\r\n"

    /// - Parameters:
    ///   - isEndless: says it again and again, until the client has gone.
    ///   - isUnasked: says it before anybody has asked, right behind the beginning.
    init(saying text: String, isEndless: Bool = false, isUnasked: Bool = false, welcome: String = welcome) throws {
        loopback = try Loopback()
        Thread.detachNewThread { [weak loopback] in
            while let descriptor = loopback?.descriptor {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread {
                    defer { close(client) }
                    var buffer = [UInt8](repeating: 0, count: 65_536)
                    func hears() -> Bool { recv(client, &buffer, buffer.count, 0) > 0 }
                    func says(_ text: String) -> Bool {
                        let bytes = Array(text.utf8)
                        var sent = 0
                        while sent < bytes.count {
                            let count = bytes[sent...].withUnsafeBytes {
                                send(client, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
                            }
                            if count <= 0 { return false }
                            sent += count
                        }
                        return true
                    }
                    guard hears(), says(welcome) else { return }
                    if isUnasked { _ = says(text) }
                    while hears() {
                        repeat { if !says(text) { return } } while isEndless
                    }
                }
            }
        }
    }

    deinit { shutdown(loopback.descriptor, CInt(SHUT_RDWR)) }
}

/// Asks again and again, for 30 seconds at most.
/// - Returns: whether it has become true.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    let limit = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < limit {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return try await condition()
}

/// The error of Redis' driver that `body` throws.
func redisError<R>(of body: () async throws -> R) async -> RedisError? {
    do { _ = try await body() } catch { return error as? RedisError }
    return nil
}
