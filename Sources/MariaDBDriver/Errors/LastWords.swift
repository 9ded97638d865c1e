internal import CMariaDB
internal import PoolingCore
internal import PoolingSQL

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

// Why the server has ended a session in which nothing ran.
extension MariaDBConnection {
    /// With what the server said before, if it did: MySQL tells an idle session that it was idle for too long, while MariaDB
    /// closes without a word (F29).
    var endedByServer: SQLError {
        let begin = "the server has ended this connection, and the statement was not executed"
        guard let words = lastWords else {
            return SQLError(
                .connectionLost, "\(begin); was it idle for longer than the server's wait_timeout, or killed?")
        }
        return SQLError(
            .connectionLost, "\(begin): \(words.message)", sqlState: words.sqlState.isEmpty ? nil : words.sqlState,
            vendorCode: Int(words.code))
    }

    /// Looked at without the library, to which it would be the answer to the next statement.
    private var lastWords: ServerError? {
        // Encrypted, it is for the library alone.
        guard !isEncrypted, isSocketOpen else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { buffer in
            let count = recv(socket.descriptor, buffer.baseAddress, buffer.count, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT))
            return count > 0 ? ServerError(message: UnsafeRawBufferPointer(buffer)[0..<count]) : nil
        }
    }
}

extension ServerError {
    /// A message of the server's, as it is on the line; nil if it is none about an error, or not all of it.
    init?(message bytes: Slice<UnsafeRawBufferPointer>) {
        guard bytes.count > 7, bytes[4] == 0xFF else { return nil }
        let length = Int(bytes[0]) | Int(bytes[1]) << 8 | Int(bytes[2]) << 16
        guard length >= 3, bytes.count >= 4 + length else { return nil }
        let rest = bytes[7..<4 + length]
        let hasState = rest.count >= 6 && rest.first == UInt8(ascii: "#")
        self.init(
            code: UInt32(bytes[5]) | UInt32(bytes[6]) << 8,
            sqlState: hasState ? String(decoding: rest.dropFirst().prefix(5), as: UTF8.self) : "",
            message: String(decoding: hasState ? rest.dropFirst(6) : rest, as: UTF8.self))
    }
}
