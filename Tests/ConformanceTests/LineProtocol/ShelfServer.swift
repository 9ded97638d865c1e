import Foundation
import Synchronization

/// A server of shelves: each line is a question, and is answered by one line. A thread for each client.
///
///     HELLO token   PING   PUT key value   GET key   USE shelf   RESET       as any client asks
///     SLEEP ms   ME   SHELF                                                 for tests
final class ShelfServer: Sendable {
    private struct State {
        var shelves: [String: [String: String]] = [:]
        var clients: [Int: CInt] = [:]
        var last = 0
    }

    static let token = "shelf-canary-88d1"
    let port: Int
    private let listener: CInt
    private let state = Mutex(State())

    struct Refused: Error {
        var errno: CInt
    }

    init() throws {
        listener = socket(AF_INET, Self.stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { throw Refused(errno: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    #if canImport(Glibc)
        private static let stream = CInt(SOCK_STREAM.rawValue)
    #else
        private static let stream = SOCK_STREAM
    #endif

    /// Without it nobody is accepted: a place that takes connections and says nothing.
    func serve() {
        Thread.detachNewThread {
            while true {
                let client = accept(self.listener, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread { self.serve(client) }
            }
        }
    }

    /// How many clients have said who they are, and not gone yet.
    var sessions: Int { state.withLock { $0.clients.count } }

    /// Ends a session from outside.
    func end(_ session: Int) {
        // With the lock held: else the number of the descriptor may be another one's.
        state.withLock { if let client = $0.clients[session] { shutdown(client, CInt(SHUT_RDWR)) } }
    }

    private func serve(_ client: CInt) {
        var session: Int?
        var shelf = "common"
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            guard let end = pending.firstIndex(of: UInt8(ascii: "\n")) else {
                let count = recv(client, &buffer, buffer.count, 0)
                if count <= 0 { break }
                pending += buffer[..<count]
                continue
            }
            let words = String(decoding: pending[..<end], as: UTF8.self).split(separator: " ", maxSplits: 2).map(
                String.init)
            pending.removeSubrange(...end)
            if words.first == "SLEEP", words.count == 2, let span = Int32(words[1]) {
                // The client may go while it waits, and is told of.
                var watched = pollfd(fd: client, events: Int16(POLLIN), revents: 0)
                if poll(&watched, 1, span) != 0 { continue }
            }
            let answer = answer(words, client, &session, &shelf)
            let bytes = Array("\(answer)\n".utf8)
            if send(client, bytes, bytes.count, CInt(MSG_NOSIGNAL)) != bytes.count { break }
        }
        state.withLock { state in
            if let session { state.clients[session] = nil }
            close(client)
        }
    }

    private func answer(_ words: [String], _ client: CInt, _ session: inout Int?, _ shelf: inout String) -> String {
        state.withLock { state in
            if words.first == "HELLO" {
                guard words.count == 2, words[1] == Self.token, session == nil else { return "ERR no" }
                state.last += 1
                state.clients[state.last] = client
                session = state.last
                return "OK"
            }
            guard let session else { return "ERR say HELLO first" }
            switch (words.first, words.count) {
            case ("PING", 1): return "PONG"
            case ("SLEEP", 2): return "OK"
            case ("ME", 1): return "\(session)"
            case ("SHELF", 1): return shelf
            case ("PUT", 3):
                state.shelves[shelf, default: [:]][words[1]] = words[2]
                return "OK"
            case ("GET", 2): return state.shelves[shelf]?[words[1]] ?? ""
            case ("USE", 2):
                shelf = words[1]
                return "OK"
            case ("RESET", 1):
                shelf = "common"
                return "OK"
            default: return "ERR what?"
            }
        }
    }
}
