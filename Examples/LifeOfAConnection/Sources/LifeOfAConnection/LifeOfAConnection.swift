import Foundation
import PGDriver
import PoolingCore
import PoolingSQL

/// The life of a database connection in a service, watched from both ends: what the pool says, and what the server says.
///
/// Each chapter makes claims and holds them against a PostgreSQL server; one that does not hold ends the program with
/// status 1. `DATABASE_URL` names the server: one whose `max_connections` is small, since a chapter uses it up.
@main
struct LifeOfAConnection {
    static func main() async {
        do {
            guard let url = ProcessInfo.processInfo.environment["DATABASE_URL"] else {
                throw Mismatch(claim: "DATABASE_URL names a database, as in postgres://app:secret@localhost/app")
            }
            let server = try Server(url: url)
            try await FirstRequest.tell(server)
            try await Borrowing.tell(server)
            try await NoneFree.tell(server)
            try await Spares.tell(server)
            try await FourInstances.tell(server)
            try await Handshake.tell(server)
            await server.leave()
            return
        } catch {
            print("LifeOfAConnection failed: \(error)")
        }
        exit(1)
    }
}
