import Foundation
import PoolingTestKit
import Testing

@Suite("The proxy", .timeLimit(.minutes(3))) struct FaultProxyTests {
    let listener = Listener()
    let proxy: FaultProxy

    init() throws { proxy = try FaultProxy(to: listener.target) }

    /// Both ends of a connection through the proxy.
    func connect() throws -> (client: Peer, server: Peer) {
        let client = try #require(Peer(connectingTo: proxy.port))
        return (client, try #require(listener.accept()))
    }

    @Test("passes bytes and ends on, in both directions, and counts them")
    func passing() throws {
        let (client, server) = try connect()
        let request = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        client.send(request)
        client.finish()
        #expect(server.read(request.count) == request)
        #expect(server.read() == .end)
        // The other direction is still open.
        server.send([7, 8, 9])
        #expect(client.read(3) == [7, 8, 9])
        server.finish()
        #expect(client.read() == .end)
        #expect(eventually { proxy.counters.open == 0 })
        let counters = proxy.counters
        #expect(counters.accepted == 1 && counters.bytesToServer == 300_000 && counters.bytesToClient == 3)
    }

    @Test("connects to a unix socket, too")
    func unixSocket() throws {
        let listener = Listener(path: "/tmp/pooling-proxy-\(getpid())")
        let proxy = try FaultProxy(to: listener.target)
        let client = try #require(Peer(connectingTo: proxy.port))
        let server = try #require(listener.accept())
        client.send([1])
        #expect(server.read() == .bytes([1]))
        proxy.stop()
        #expect(server.read() == .end)
    }

    @Test("resets a client whose server refuses")
    func refused() throws {
        let gone = Listener().target
        let proxy = try FaultProxy(to: gone)
        // It may be so quick that connecting itself fails.
        let client = Peer(connectingTo: proxy.port)
        #expect(client == nil || client?.read() == .reset)
    }

    @Test("delays each direction by itself, and loses nothing")
    func latency() throws {
        let (client, server) = try connect()
        proxy.faults.toClient.latency = .milliseconds(200)
        let begin = ContinuousClock.now
        client.send([1])
        #expect(server.read() == .bytes([1]))
        server.send([2])
        #expect(client.read() == .bytes([2]))
        #expect(ContinuousClock.now - begin >= .milliseconds(200))
    }

    @Test("sends no more in a second than it may")
    func bandwidth() throws {
        let (client, server) = try connect()
        proxy.faults.toServer.bytesPerSecond = 10_000
        let begin = ContinuousClock.now
        client.send([UInt8](repeating: 1, count: 3000))
        #expect(server.read(3000).count == 3000)
        // All but the last piece had to be paid for.
        #expect(ContinuousClock.now - begin >= .milliseconds(270))
    }

    @Test("slices what it sends, and the pieces add up")
    func slicing() throws {
        let (client, server) = try connect()
        proxy.faults.toServer.largestPiece = 3
        let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        client.send(bytes)
        #expect(server.read(5000) == bytes)
    }

    @Test("cuts a connection after so many bytes, counted from when it was told")
    func cutting() throws {
        let (client, server) = try connect()
        client.send([1, 2])
        #expect(server.read(2) == [1, 2])
        proxy.faults.toServer.cutAfter = 3
        client.send([3, 4, 5, 6, 7])
        // A reset may overtake the bytes before it, so that how many arrive is not certain.
        #expect(client.read() == .reset)
        #expect(eventually { proxy.counters.open == 0 })
        #expect(proxy.counters.bytesToServer == 5)
    }

    @Test("forwards a request and drops the response with a cut after no byte")
    func droppedResponse() throws {
        let (client, server) = try connect()
        proxy.faults.toClient.cutAfter = 0
        client.send([1])
        #expect(server.read() == .bytes([1]))
        server.send([2])
        #expect(client.read() == .reset)
        #expect(server.read() == .reset)
    }

    @Test("holds responses until they are released, the server's end after them")
    func holding() throws {
        let (client, server) = try connect()
        proxy.faults.toClient.isHeld = true
        client.send([1])
        #expect(server.read() == .bytes([1]))
        server.send([2])
        server.finish()
        #expect(client.read(patience: .milliseconds(100)) == .nothing)
        proxy.faults.toClient.isHeld = false
        #expect(client.read() == .bytes([2]))
        #expect(client.read() == .end)
    }

    @Test("is a black hole that accepts and keeps, and heals")
    func blackhole() throws {
        proxy.faults.isBlackhole = true
        let (client, server) = try connect()
        client.send([1])
        server.send([2])
        #expect(server.read(patience: .milliseconds(100)) == .nothing)
        #expect(client.read(patience: .milliseconds(1)) == .nothing)
        proxy.faults.isBlackhole = false
        #expect(server.read() == .bytes([1]))
        #expect(client.read() == .bytes([2]))
    }

    @Test("resets every connection on both sides, and takes new ones")
    func resetting() throws {
        let (first, second) = (try connect(), try connect())
        proxy.resetConnections()
        for peer in [first.client, first.server, second.client, second.server] { #expect(peer.read() == .reset) }
        #expect(proxy.counters.open == 0)
        let (client, server) = try connect()
        client.send([1])
        #expect(server.read() == .bytes([1]))
    }

    @Test("answers nobody while it is deaf, and serves whoever comes afterwards")
    func deafness() throws {
        let (client, server) = try connect()
        proxy.faults.isDeaf = true
        // The first to knock may still find a place in the queue of a system that gives it more than we ask for.
        #expect(eventually { Peer(connectingTo: proxy.port, patience: .milliseconds(200)) == nil })
        client.send([1])
        #expect(server.read() == .bytes([1]), "those that are open are not concerned")
        proxy.faults.isDeaf = false
        let accepted = proxy.counters.accepted
        #expect(Peer(connectingTo: proxy.port) != nil)
        #expect(eventually { proxy.counters.accepted > accepted })
    }

    @Test("leaves no file open when it is stopped or forgotten")
    func files() throws {
        let before = openFiles()
        for isForgotten in Array(repeating: [false, true], count: 10).joined() {
            let proxy = try FaultProxy(to: listener.target)
            let client = try #require(Peer(connectingTo: proxy.port))
            _ = try #require(listener.accept())
            proxy.faults.isDeaf = true
            client.send([1])
            if !isForgotten {
                proxy.stop()
                proxy.stop()
            }
        }
        // Fewer, if those of an earlier test were still open.
        #expect(eventually { openFiles() <= before })
    }

    private func openFiles() -> Int { (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd").count) ?? -1 }
}

/// Asks again and again, for 30 seconds at most.
private func eventually(_ condition: () -> Bool) -> Bool {
    let limit = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < limit {
        if condition() { return true }
        usleep(10_000)
    }
    return condition()
}
