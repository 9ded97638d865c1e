internal import CMariaDB
internal import PoolingSQL

/// Which server a session is with. Behind a name with several addresses, or a balancer, the next connect may come to another
/// one, where the number of the session is somebody else's.
struct ServerIdentity: Equatable, Sendable {
    private let name: String
    let isReadOnly: Bool
    /// The most bytes that it takes in one packet.
    let packetLimit: Int

    /// Asks it. Blocks.
    /// - Returns: nil if it does not say.
    /// - Throws: `failure` if it refuses to.
    init?(_ link: UnsafeMutablePointer<MYSQL>, failure: () -> any Error) throws {
        let text = "SELECT @@hostname, @@port, @@server_id, @@GLOBAL.read_only, @@max_allowed_packet"
        guard mysql_real_query(link, text, UInt(text.utf8.count)) == 0 else { throw failure() }
        guard let result = mysql_store_result(link) else {
            if mysql_errno(link) != 0 { throw failure() }
            return nil
        }
        defer { mysql_free_result(result) }
        guard mysql_num_fields(result) == 5, let row = mysql_fetch_row(result) else { return nil }
        let cells = (0..<5).map { row[$0].map { String(cString: $0) } ?? "" }
        name = cells.prefix(3).joined(separator: "/")
        packetLimit = Int(cells[4]) ?? 1 << 20
        isReadOnly = !["0", "OFF"].contains(cells[3])
    }

    /// Whether it is the same server. Its role may have changed.
    static func == (one: ServerIdentity, other: ServerIdentity) -> Bool { one.name == other.name }
}
