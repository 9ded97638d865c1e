internal import CPoolingShims
internal import PoolingCore
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The thread of a ``FaultProxy``: polls every connection, and sends what is due.
struct ProxyLoop {
    private let listener: Socket
    private let target: FaultProxy.Target
    private let desk: ProxyDesk
    private var dice: Dice
    private var links: [ProxyLink] = []
    private var order = ProxyDesk.State()
    /// Our own connections that keep the queue of the listener full.
    private var fillers: [Socket] = []
    private var fillerPorts: Set<Int> = []
    private var counters = FaultProxy.Counters()
    private var wakeAt: ContinuousClock.Instant?

    private init(_ listener: Socket, _ target: FaultProxy.Target, _ desk: ProxyDesk, seed: UInt64) {
        self.listener = listener
        self.target = target
        self.desk = desk
        dice = Dice(seed: seed)
    }

    /// - Parameter listener: closed at the end.
    static func start(
        _ listener: Socket, target: FaultProxy.Target, desk: ProxyDesk, seed: UInt64
    ) throws(FaultProxy.Failure) {
        final class Start: Sendable {
            let main: @Sendable () -> Void
            init(_ main: @escaping @Sendable () -> Void) { self.main = main }
        }
        let start = Unmanaged.passRetained(
            Start {
                var loop = ProxyLoop(listener, target, desk, seed: seed)
                loop.run()
            })
        let result = pooling_thread_start(
            "fault-proxy",
            { raw in
                guard let raw else { return }
                Unmanaged<Start>.fromOpaque(raw).takeRetainedValue().main()
            }, start.toOpaque())
        guard result == 0 else {
            start.release()
            throw FaultProxy.Failure(call: "pthread_create", errorNumber: result)
        }
    }

    private mutating func run() {
        while takeOrders() {
            send()
            publish()
            wait()
        }
        for link in links { link.close() }
        for filler in fillers { filler.release() }
        listener.release()
        counters.open = 0
        desk.state.withLock { state in
            state.counters = counters
            state.hasEnded = true
        }
    }

    /// - Returns: false if this is the end.
    private mutating func takeOrders() -> Bool {
        let wasDeaf = order.faults.isDeaf
        order = desk.state.withLock { $0 }
        if order.isDismissed { return false }
        if order.resets > order.resetsDone {
            for link in links { link.reset() }
            links = []
        }
        if order.faults.isDeaf != wasDeaf {
            if order.faults.isDeaf { stopAccepting() } else { acceptAgain() }
        }
        return true
    }

    private mutating func publish() {
        counters.open = links.count
        let (counters, resetsDone) = (counters, order.resets)
        desk.state.withLock { state in
            state.counters = counters
            state.resetsDone = resetsDone
        }
    }

    /// One piece for every direction; those with more to send get their turn again at once.
    private mutating func send() {
        wakeAt = nil
        let now = ContinuousClock.now
        var index = 0
        while index < links.count {
            guard links[index].isConnected else {
                index += 1
                continue
            }
            let isAlive =
                send(.toServer, of: index, now: now) && send(.toClient, of: index, now: now)
            if !isAlive {
                links.remove(at: index).reset()
            } else if links[index].isFinished {
                links.remove(at: index).close()
            } else {
                index += 1
            }
        }
    }

    private enum Way { case toServer, toClient }

    /// - Returns: false if the connection has to be reset.
    private mutating func send(_ way: Way, of index: Int, now: ContinuousClock.Instant) -> Bool {
        var faults = way == .toServer ? order.faults.toServer : order.faults.toClient
        faults.isHeld = faults.isHeld || order.faults.isBlackhole
        let progress =
            switch way {
            case .toServer:
                links[index].toServer.send(
                    to: links[index].server, faults, cuts: order.cutsToServer, now: now, dice: &dice,
                    count: &counters.bytesToServer)
            case .toClient:
                links[index].toClient.send(
                    to: links[index].client, faults, cuts: order.cutsToClient, now: now, dice: &dice,
                    count: &counters.bytesToClient)
            }
        switch progress {
        case .resting(let moment?): wake(at: moment)
        case .sent: wake(at: now)
        case .resting, .blocked, .finished: break
        case .broken: return false
        }
        return true
    }

    private mutating func wake(at moment: ContinuousClock.Instant) { wakeAt = min(wakeAt ?? moment, moment) }

    // MARK: Waiting and reading

    private mutating func wait() {
        var requests = [pollfd(fd: desk.bell.reading.descriptor, events: Int16(POLLIN), revents: 0)]
        // A negative descriptor is passed over: one that is asked for nothing would tell of its end again and again.
        requests.append(
            pollfd(fd: order.faults.isDeaf ? -1 : listener.descriptor, events: Int16(POLLIN), revents: 0))
        for link in links {
            requests.append(Self.request(link.client, reads: link.toServer.wantsMore, writes: link.toClient.isBlocked))
            requests.append(
                Self.request(
                    link.server, reads: link.isConnected && link.toClient.wantsMore,
                    writes: !link.isConnected || link.toServer.isBlocked))
        }
        systemPoll(&requests)
        if requests[0].revents != 0 { desk.bell.reading.hush() }
        let now = ContinuousClock.now
        // From the end, so that one that is removed moves none that is still to be looked at.
        for index in links.indices.reversed() where !receive(index, requests, now: now) {
            links.remove(at: index).reset()
        }
        if requests[1].revents != 0 { acceptAll() }
    }

    private static func request(_ socket: Socket, reads: Bool, writes: Bool) -> pollfd {
        let events = (reads ? POLLIN : 0) | (writes ? POLLOUT : 0)
        return pollfd(fd: events == 0 ? -1 : socket.descriptor, events: Int16(events), revents: 0)
    }

    private func systemPoll(_ requests: inout [pollfd]) {
        var timeout: Int32 = -1
        if let wakeAt {
            let rest = wakeAt - ContinuousClock.now
            // Rounded up: waking too early is a turn for nothing.
            timeout = rest <= .zero ? 0 : Int32(clamping: Int64((rest / .milliseconds(1)).rounded(.up)))
        }
        _ = poll(&requests, nfds_t(requests.count), timeout)
    }

    /// - Returns: false if the connection has to be reset.
    private mutating func receive(_ index: Int, _ requests: [pollfd], now: ContinuousClock.Instant) -> Bool {
        let (client, server) = (requests[2 + 2 * index].revents, requests[3 + 2 * index].revents)
        if client != 0, links[index].toServer.wantsMore {
            let socket = links[index].client
            guard links[index].toServer.fill(from: socket, order.faults.toServer, now: now) else { return false }
        }
        guard server != 0 else { return true }
        let socket = links[index].server
        guard links[index].isConnected else {
            links[index].isConnected = socket.pendingError == 0
            return links[index].isConnected
        }
        guard links[index].toClient.wantsMore else { return true }
        return links[index].toClient.fill(from: socket, order.faults.toClient, now: now)
    }

    private mutating func acceptAll() {
        while let client = listener.accepted() {
            if let port = client.peerPort(), fillerPorts.remove(port) != nil {
                client.release()
                continue
            }
            counters.accepted += 1
            guard let server = Socket.connecting(to: target) else {
                client.reset()
                continue
            }
            links.append(ProxyLink(client: client, server: server))
        }
    }

    // MARK: Deafness

    /// Makes the queue as short as it gets, and fills it ourselves: what comes then is not answered at all.
    private mutating func stopAccepting() {
        listener.setQueue(0)
        guard let port = try? listener.localPort() else { return }
        // One or two find a place in the queue; the others wait as a client would.
        for _ in 0..<4 {
            guard let filler = Socket.connecting(to: .tcp(host: "127.0.0.1", port: port)) else { continue }
            if let port = try? filler.localPort() { fillerPorts.insert(port) }
            fillers.append(filler)
        }
    }

    private mutating func acceptAgain() {
        acceptAll()
        for filler in fillers { filler.release() }
        fillers = []
        fillerPorts = []
        listener.setQueue(Socket.backlog)
    }
}
