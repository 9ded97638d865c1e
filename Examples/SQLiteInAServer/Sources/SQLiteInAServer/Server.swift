import PoolingCore
import PoolingSQL
import SQLiteDriver

/// A server without a network: clients that ask for pages and leave comments.
struct Server: Sendable {
    let database: SQLiteDatabase

    enum Request: Sendable {
        case show(page: Int)
        case comment(page: Int, text: String)
    }

    func handle(_ request: Request) async throws -> [String] {
        switch request {
        case .show(let page):
            let rows = try await database.query(
                "SELECT text FROM comments WHERE page = \(page) ORDER BY id DESC LIMIT 10")
            return try rows.map { try $0.decode(String.self) }
        case .comment(let page, let text):
            try await database.write { connection in
                try await connection.execute("INSERT INTO comments (page, text) VALUES (\(page), \(text))")
                try await connection.execute("UPDATE pages SET comments = comments + 1 WHERE id = \(page)")
            }
            return []
        }
    }

    /// Half of the clients live on Swift's default executor, half on the driver's.
    func run(clients: Int, requests: Int) async throws {
        try await database.batch([
            "CREATE TABLE pages (id INTEGER PRIMARY KEY, comments INTEGER NOT NULL DEFAULT 0)",
            "CREATE TABLE comments (id INTEGER PRIMARY KEY, page INTEGER NOT NULL REFERENCES pages (id), text TEXT NOT NULL)",
            "CREATE INDEX comments_by_page ON comments (page)",
            "INSERT INTO pages (id) VALUES (1), (2), (3), (4), (5), (6), (7), (8)",
        ])
        async let there = serve(clients / 2, requests)
        async let here = serveOnDriversThreads(clients / 2, requests)
        let written = try await there + here

        let (stored, counted) = try await database.query(
            "SELECT (SELECT count(*) FROM comments), (SELECT sum(comments) FROM pages)")[0].decode((Int, Int).self)
        try expect(
            stored == written && counted == written,
            "\(clients) clients were served \(clients * requests) requests, \(written) of them writes")
    }

    private func serveOnDriversThreads(_ clients: Int, _ requests: Int) async throws -> Int {
        try await withTaskExecutorPreference(database.readers.driver.executor) {
            try await serve(clients, requests)
        }
    }

    /// - Returns: how many comments were left.
    private func serve(_ clients: Int, _ requests: Int) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for client in 0..<clients {
                group.addTask {
                    var written = 0
                    for number in 0..<requests {
                        let page = (client + number) % 8 + 1
                        if number % 5 == 0 {
                            _ = try await handle(.comment(page: page, text: "\(number) of client \(client)"))
                            written += 1
                        } else {
                            _ = try await handle(.show(page: page))
                        }
                    }
                    return written
                }
            }
            return try await group.reduce(0, +)
        }
    }
}
