package import Dispatch
internal import Foundation
internal import Synchronization

/// Says what no real server says: plays the same steps to everyone who connects, one after the other.
package final class ScriptedServer: Sendable {
    package enum Step: Sendable {
        /// Waits for so many bytes.
        case read(Int)
        /// Waits for a packet that begins with its own length, as the first ones of a client do.
        case readPacket
        /// Waits for a packet that begins with three bytes of its length, the least one first, and its number.
        case readFrame
        case write([UInt8])
        /// Waits until somebody signals it.
        case await(DispatchSemaphore)
        /// Again and again, until the client has gone.
        case flood([UInt8])
        /// Until the client has gone.
        case readToEnd
    }

    package let port: Int
    private let listener: Listener
    private let heard = Mutex<[[UInt8]]>([])

    /// Closed when the server and its thread have both let go of it: the number may be another one's after that.
    private final class Listener: Sendable {
        let descriptor: CInt
        init(_ descriptor: CInt) { self.descriptor = descriptor }
        deinit { close(descriptor) }
    }

    /// What each of those who came has said, as far as it was waited for.
    package var conversations: [[UInt8]] { heard.withLock { $0 } }

    package init(_ steps: [Step]) throws {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isListening else { throw Command.Failure(command: "listen", status: errno, output: "") }
        port = Int(UInt16(bigEndian: address.sin_port))
        let listener = Listener(descriptor)
        self.listener = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(listener.descriptor, nil, nil)
                guard client >= 0 else { return }
                let said = Self.play(steps, to: client)
                close(client)
                self?.heard.withLock { $0.append(said) }
            }
        }
    }

    /// Its thread accepts nobody any more.
    deinit { shutdown(listener.descriptor, CInt(SHUT_RDWR)) }

    private static func play(_ steps: [Step], to client: CInt) -> [UInt8] {
        var said: [UInt8] = []
        func read(_ count: Int) -> Bool {
            var bytes = [UInt8](repeating: 0, count: count)
            var got = 0
            while got < count {
                let more = bytes.withUnsafeMutableBytes { recv(client, $0.baseAddress! + got, count - got, 0) }
                guard more > 0 else { break }
                got += more
            }
            said += bytes.prefix(got)
            return got == count
        }
        func write(_ bytes: [UInt8]) -> Bool { send(client, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count }
        for step in steps {
            switch step {
            case .read(let count): if !read(count) { return said }
            case .readPacket:
                guard read(4) else { return said }
                let length = said.suffix(4).reduce(0) { $0 << 8 | Int($1) }
                guard length >= 4, length < 10_000, read(length - 4) else { return said }
            case .readFrame:
                guard read(4) else { return said }
                let length = said.suffix(4).prefix(3).reversed().reduce(0) { $0 << 8 | Int($1) }
                guard length < 10_000, read(length) else { return said }
            case .write(let bytes): if !write(bytes) { return said }
            case .await(let signal): signal.wait()
            case .flood(let bytes): while write(bytes) {}
            case .readToEnd: while read(1) {}
            }
        }
        return said
    }
}
