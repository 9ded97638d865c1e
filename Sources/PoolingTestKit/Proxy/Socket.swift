internal import PoolingCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A file descriptor that never blocks, closed by whoever made it.
struct Socket: Hashable, Sendable {
    let descriptor: Int32

    enum Transfer {
        case bytes(Int)
        /// The other side has closed.
        case end
        case notNow
        case failed
    }

    // MARK: Making

    static func listener() throws(FaultProxy.Failure) -> Socket {
        let socket = try make(AF_INET)
        do throws(FaultProxy.Failure) {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            guard socket.with(&address, { bind($0, $1, $2) }) == 0 else { throw failure("bind") }
            guard listen(socket.descriptor, backlog) == 0 else { throw failure("listen") }
            return socket
        } catch {
            socket.release()
            throw error
        }
    }

    static let backlog: Int32 = 128

    static func pair() throws(FaultProxy.Failure) -> (reading: Socket, writing: Socket) {
        var ends: [Int32] = [-1, -1]
        let result = pipe(&ends)
        guard result == 0 else { throw failure("pipe") }
        let (reading, writing) = (Socket(descriptor: ends[0]), Socket(descriptor: ends[1]))
        reading.configure()
        writing.configure()
        return (reading, writing)
    }

    private static func make(_ family: Int32) throws(FaultProxy.Failure) -> Socket {
        #if canImport(Glibc)
            let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(family, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw failure("socket") }
        let socket = Socket(descriptor: descriptor)
        socket.configure()
        return socket
    }

    /// Connects, or begins to.
    /// - Returns: nil if it is refused at once.
    static func connecting(to target: FaultProxy.Target) -> Socket? {
        switch target {
        case .tcp(let host, let port):
            guard let port = UInt16(exactly: port) else { return nil }
            var four = sockaddr_in()
            if inet_pton(AF_INET, host, &four.sin_addr) == 1 {
                four.sin_family = sa_family_t(AF_INET)
                four.sin_port = port.bigEndian
                return connecting(AF_INET, &four)
            }
            var six = sockaddr_in6()
            guard inet_pton(AF_INET6, host, &six.sin6_addr) == 1 else { return nil }
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            return connecting(AF_INET6, &six)
        case .unix(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let fits = withUnsafeMutableBytes(of: &address.sun_path) { bytes in
                // One byte less: a zero ends it.
                guard path.utf8.count < bytes.count else { return false }
                bytes.copyBytes(from: path.utf8)
                return true
            }
            return fits ? connecting(AF_UNIX, &address) : nil
        }
    }

    private static func connecting<Address>(_ family: Int32, _ address: inout Address) -> Socket? {
        guard let socket = try? make(family) else { return nil }
        if socket.with(&address, { connect($0, $1, $2) }) == 0 || errno == EINPROGRESS { return socket }
        socket.release()
        return nil
    }

    private func with<Address>(
        _ address: inout Address, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        let length = socklen_t(MemoryLayout<Address>.size)
        return withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { addresses in
                addresses.baseAddress.map { body(descriptor, $0, length) } ?? -1
            }
        }
    }

    private func configure() {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var on: Int32 = 1
        // Refused by what is no TCP socket, which has no need of it.
        _ = setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        #if canImport(Darwin)
            _ = setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    private static func failure(_ call: String) -> FaultProxy.Failure { .init(call: call, errorNumber: errno) }

    // MARK: Using

    func accepted() -> Socket? {
        let accepted = accept(descriptor, nil, nil)
        guard accepted >= 0 else { return nil }
        let socket = Socket(descriptor: accepted)
        socket.configure()
        return socket
    }

    func localPort() throws(FaultProxy.Failure) -> Int {
        guard let port = port(getsockname) else { throw Self.failure("getsockname") }
        return port
    }

    func peerPort() -> Int? { port(getpeername) }

    private func port(
        _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutableBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { addresses in
                addresses.baseAddress.map { ask(descriptor, $0, &length) } ?? -1
            }
        }
        return result == 0 ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }

    /// What the connecting has come to: 0, or an error number.
    var pendingError: Int32 {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 ? code : errno
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        return count == 0 ? .end : result(count)
    }

    func transmit(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        return result(send(descriptor, bytes.baseAddress, bytes.count, flags))
    }

    private func result(_ count: Int) -> Transfer {
        if count >= 0 { return .bytes(count) }
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? .notNow : .failed
    }

    /// The other side reads the end of what was sent.
    func finishWriting() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    func setQueue(_ backlog: Int32) {
        _ = listen(descriptor, backlog)
    }

    /// Of a pipe: whoever polls its other end wakes up.
    func ring() {
        var byte: UInt8 = 0
        // A full pipe has rung already.
        _ = write(descriptor, &byte, 1)
    }

    /// Of a pipe: forgets that it has rung.
    func hush() {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { bytes in
            while read(descriptor, bytes.baseAddress, 256) > 0 {}
        }
    }

    // MARK: Ending

    func release() {
        _ = close(descriptor)
    }

    /// Closes it with an RST instead of a FIN; what was not sent is lost.
    func reset() {
        var abrupt = linger(l_onoff: 1, l_linger: 0)
        _ = setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &abrupt, socklen_t(MemoryLayout<linger>.size))
        release()
    }

    static func pause() { usleep(1000) }
}
