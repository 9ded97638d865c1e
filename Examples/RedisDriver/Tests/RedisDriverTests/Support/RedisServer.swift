import Foundation
import PoolingCore
import RedisDriver
import Synchronization

/// A throw-away redis-server of its own process, which ends with this one, however that ends.
final class RedisServer: Sendable {
    struct Refused: Error, CustomStringConvertible {
        var description: String
    }

    static let password = "server-canary-51c8"
    /// For tests that leave the server as it was.
    static let shared = Result { try RedisServer() }

    let port: Int
    let processID: pid_t
    private let folder: String
    /// The server's keeper reads from it until it is closed.
    private let leash: Pipe
    private let keeper: Process

    var socketPath: String { folder + "/socket" }
    var url: String { "redis://:\(Self.password)@127.0.0.1:\(port)/0" }
    var driver: Redis { Redis(.tcp(host: "127.0.0.1", port: port), password: RedisPassword(Self.password)) }

    /// Returns when it listens.
    init(port fixed: Int? = nil) throws {
        // Not in TMPDIR: the path of a unix socket has room for a hundred bytes only.
        var template = Array("/tmp/redis-driver-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Refused(description: "mkdtemp fails with errno \(errno)") }
        let folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        self.folder = folder
        // Another process may take a port that was free: then the next one.
        var log = "no log"
        for _ in 0..<10 {
            let port = fixed ?? Self.freePort()
            let leash = Pipe()
            let keeper = try Self.start(port, folder, leash)
            if let processID = Self.whenListening(port, folder, keeper) {
                (self.port, self.leash, self.keeper, self.processID) = (port, leash, keeper, processID)
                return
            }
            log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? log
            try? leash.fileHandleForWriting.close()
            keeper.waitUntilExit()
        }
        throw Refused(description: "redis-server does not start: \(log)")
    }

    deinit {
        resume()
        try? leash.fileHandleForWriting.close()
        keeper.waitUntilExit()
    }

    func kill() { _ = Glibc.kill(processID, SIGKILL) }
    /// It neither reads nor answers; its kernel goes on accepting connections and bytes.
    func freeze() { _ = Glibc.kill(processID, SIGSTOP) }
    func resume() { _ = Glibc.kill(processID, SIGCONT) }

    /// Runs `body` with a connection outside of any pool.
    @discardableResult
    func lending<R: Sendable>(_ body: (RedisHandle) async throws -> R) async throws -> R {
        let connection = try await driver.connect()
        let result: Result<R, any Error>
        do { result = .success(try await body(driver.lend(connection, loan: .unpooled))) } catch {
            result = .failure(error)
        }
        driver.reclaim(connection, loan: .unpooled)
        await driver.close(connection, reason: .shutdown, deadline: .now + .seconds(5))
        return try result.get()
    }

    // MARK: Starting

    /// A shell that ends the server and removes its folder when its own input ends. As root it gives the server to an
    /// account without rights.
    private static func start(_ port: Int, _ folder: String, _ leash: Pipe) throws -> Process {
        let keeper = Process()
        keeper.executableURL = URL(fileURLWithPath: "/bin/sh")
        keeper.arguments = [
            "-c",
            """
            mkdir -p "$2" && chmod 777 "$2" && cd "$2" || exit 1
            user=''
            if [ "$(id -u)" = 0 ]; then user="setpriv --reuid=nobody --regid=$(id -g nobody) --clear-groups"; fi
            $user redis-server --port "$1" --bind 127.0.0.1 --unixsocket "$2/socket" --save '' --appendonly no \
                --dir "$2" --requirepass "$3" >log 2>&1 </dev/null &
            server=$!
            echo $server >pid.new && mv pid.new pid
            read -r _
            kill -CONT $server
            kill -KILL $server
            wait $server
            cd / && rm -rf "$2"
            """, "keeper", "\(port)", folder, password,
        ]
        // Another child that inherits our end would keep the keeper waiting.
        _ = fcntl(leash.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        keeper.standardInput = leash
        keeper.standardOutput = FileHandle.nullDevice
        keeper.standardError = FileHandle.nullDevice
        try keeper.run()
        return keeper
    }

    private static func whenListening(_ port: Int, _ folder: String, _ keeper: Process) -> pid_t? {
        let limit = ContinuousClock.now + .seconds(30)
        while keeper.isRunning, ContinuousClock.now < limit {
            usleep(5000)
            guard let text = try? String(contentsOfFile: folder + "/pid", encoding: .utf8),
                let processID = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
            else { continue }
            guard Glibc.kill(processID, 0) == 0, !isZombie(processID) else { return nil }
            let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
            if log.contains("Ready to accept connections") { return processID }
        }
        return nil
    }

    private static func isZombie(_ processID: pid_t) -> Bool {
        let state = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)
        return state?.contains(") Z ") ?? true
    }

    static func freePort() -> Int {
        let listener = try? Loopback()
        return listener?.port ?? 0
    }
}
