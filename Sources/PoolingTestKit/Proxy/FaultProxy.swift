internal import Synchronization

/// A TCP proxy on loopback that does to a connection what networks do: delays it, slices it, holds it, cuts it.
///
///     let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: 5432))
///     // … connect to 127.0.0.1, proxy.port …
///     proxy.change { $0.toClient.isHeld = true }   // responses stay in the proxy
///     proxy.resetConnections()                     // RST on both sides
///     proxy.stop()
///
/// One thread of its own polls all connections. Test support: calls may block for as long as a system call takes.
public final class FaultProxy: Sendable {
    /// What is connected to for each connection that is accepted.
    public enum Target: Sendable, Hashable {
        /// An address in numbers, IPv4 or IPv6: the proxy resolves no names.
        case tcp(host: String, port: Int)
        /// A unix socket.
        case unix(path: String)
    }

    /// What has gone through so far.
    public struct Counters: Sendable, Hashable {
        /// Connections accepted.
        public var accepted = 0
        /// Those that are open.
        public var open = 0
        /// Bytes passed on from clients to the server.
        public var bytesToServer = 0
        /// Bytes passed on from the server to clients.
        public var bytesToClient = 0
    }

    /// What a system call has refused.
    public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        public var call: String
        public var errorNumber: Int32
        public var description: String { "the proxy's \(call) failed with errno \(errorNumber)" }
    }

    /// Where clients connect to, on 127.0.0.1.
    public let port: Int
    private let desk: ProxyDesk

    /// Listens on a free port of loopback.
    /// - Parameter seed: of the sizes of pieces.
    /// - Throws: ``Failure`` if there is no socket or no thread to be had.
    public init(to target: Target, seed: UInt64 = 1) throws(Failure) {
        let listener = try Socket.listener()
        let desk: ProxyDesk
        do throws(Failure) {
            port = try listener.localPort()
            desk = try ProxyDesk()
            try ProxyLoop.start(listener, target: target, desk: desk, seed: seed)
        } catch {
            listener.release()
            throw error
        }
        self.desk = desk
    }

    deinit { desk.dismiss() }

    /// In force from the next byte on, for the connections that are open, too.
    public var faults: ProxyFaults {
        get { desk.state.withLock { $0.faults } }
        set { change { $0 = newValue } }
    }

    /// Changes single faults, all at once.
    public func change(_ change: (inout ProxyFaults) -> Void) {
        desk.tell { state in
            let before = state.faults
            change(&state.faults)
            if state.faults.toServer.cutAfter != before.toServer.cutAfter { state.cutsToServer += 1 }
            if state.faults.toClient.cutAfter != before.toClient.cutAfter { state.cutsToClient += 1 }
        }
    }

    /// Resets every open connection on both sides (RST); what the proxy kept of them is lost. Returns when it is done.
    public func resetConnections() {
        let order = desk.tell { state in
            state.resets += 1
            return state.resets
        }
        desk.wait { $0.resetsDone >= order }
    }

    public var counters: Counters { desk.state.withLock { $0.counters } }

    /// Closes everything, and returns when that is done. Nothing happens the second time.
    public func stop() {
        desk.dismiss()
        desk.wait { _ in false }
    }
}
