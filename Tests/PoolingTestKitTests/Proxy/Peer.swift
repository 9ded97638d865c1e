import Foundation
import PoolingTestKit

/// A plain blocking socket on loopback; reading and connecting give up after a while.
final class Peer: Sendable {
    enum Reading: Equatable {
        case bytes([UInt8])
        case end
        case reset
        /// Nothing came in time.
        case nothing
    }

    let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// - Returns: nil if the connection was not made within `patience`.
    convenience init?(connectingTo port: Int, patience: Duration = .seconds(30)) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var address = Peer.loopback(port)
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var code: Int32 = 0
        var length = socklen_t(4)
        guard Peer.poll(descriptor, POLLOUT, patience),
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0, code == 0
        else {
            close(descriptor)
            return nil
        }
        self.init(descriptor: descriptor)
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count, Peer.poll(descriptor, POLLOUT, .seconds(30)) {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 { return }
            sent += count
        }
    }

    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// One reading of what there is.
    func read(patience: Duration = .seconds(30)) -> Reading {
        guard Peer.poll(descriptor, POLLIN, patience) else { return .nothing }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0 { return errno == ECONNRESET ? .reset : .nothing }
        return count == 0 ? .end : .bytes(Array(buffer.prefix(count)))
    }

    /// Reads until there are so many bytes, or no more come.
    func read(_ count: Int) -> [UInt8] {
        var all: [UInt8] = []
        while all.count < count, case .bytes(let bytes) = read() { all += bytes }
        return all
    }

    static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    static func poll(_ descriptor: Int32, _ events: Int32, _ patience: Duration) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return Foundation.poll(&request, 1, Int32(patience / .milliseconds(1))) > 0
    }
}

/// Something to connect to: on loopback, or on a unix socket.
final class Listener: Sendable {
    let descriptor: Int32
    let target: FaultProxy.Target
    private let path: String?

    init() {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var address = Peer.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = getsockname(descriptor, $0, &length)
            }
        }
        listen(descriptor, 16)
        target = .tcp(host: "127.0.0.1", port: Int(in_port_t(bigEndian: address.sin_port)))
        path = nil
    }

    init(path: String) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        listen(descriptor, 16)
        target = .unix(path: path)
        self.path = path
    }

    deinit {
        close(descriptor)
        if let path { unlink(path) }
    }

    func accept(patience: Duration = .seconds(30)) -> Peer? {
        guard Peer.poll(descriptor, POLLIN, patience) else { return nil }
        let accepted = Foundation.accept(descriptor, nil, nil)
        return accepted < 0 ? nil : Peer(descriptor: accepted)
    }
}
