internal import PoolingSQL

/// Rows of values as the text format of `COPY` has them, several to a chunk.
struct CopyRows<Base: AsyncSequence>: AsyncSequence where Base.Element == [any SQLEncodable] {
    private static var chunkBytes: Int { 32 << 10 }

    private let base: Base
    private let columns: Int

    init(_ base: Base, columns: Int) {
        self.base = base
        self.columns = columns
    }

    /// - Throws: ``SQLError`` of kind `.syntax`.
    static func statement(_ table: String, _ schema: String?, _ columns: [String]) throws -> SQLQuery {
        if columns.isEmpty {
            throw SQLError(.syntax, "no column was named to copy into; name those that the values of a row are for")
        }
        let place: SQLQuery = schema.map { "\(identifier: $0).\(identifier: table)" } ?? "\(identifier: table)"
        var list: SQLQuery = "\(identifier: columns[0])"
        for column in columns.dropFirst() { list = "\(list), \(identifier: column)" }
        return "COPY \(place) (\(list)) FROM STDIN"
    }

    func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), columns: columns) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var base: Base.AsyncIterator
        fileprivate let columns: Int
        private var count = 0
        private var isOver = false

        fileprivate init(base: Base.AsyncIterator, columns: Int) {
            self.base = base
            self.columns = columns
        }

        mutating func next() async throws -> [UInt8]? { try await next(isolation: #isolation) }

        mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            if isOver { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(CopyRows.chunkBytes + 1024)
            while bytes.count < CopyRows.chunkBytes {
                guard let row = try await base.next(isolation: actor) else {
                    isOver = true
                    break
                }
                count += 1
                try append(row, to: &bytes)
            }
            return bytes.isEmpty ? nil : bytes
        }

        private func append(_ row: [any SQLEncodable], to bytes: inout [UInt8]) throws(SQLError) {
            if row.count != columns {
                throw SQLError(
                    .syntax,
                    "row \(count) to be copied has \(row.count) values, and \(columns) columns were named; nothing was copied"
                )
            }
            for (index, value) in row.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: "\t")) }
                guard CopyText.append(value.sqlValue, to: &bytes) else {
                    throw SQLError(
                        .typeMismatch,
                        "value \(index + 1) of row \(count) to be copied contains U+0000 or is a date that PostgreSQL does not "
                            + "know; nothing was copied")
                }
            }
            bytes.append(UInt8(ascii: "\n"))
        }
    }
}

/// Rows that are there already, or are made without waiting.
struct CopyList<Rows: Sequence>: AsyncSequence where Rows.Element == [any SQLEncodable] {
    private let rows: Rows
    init(_ rows: Rows) { self.rows = rows }

    func makeAsyncIterator() -> Iterator { Iterator(rows: rows.makeIterator()) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var rows: Rows.Iterator
        mutating func next() async -> [any SQLEncodable]? { rows.next() }
        mutating func next(isolation actor: isolated (any Actor)?) async -> [any SQLEncodable]? { rows.next() }
    }
}

/// One value in the text format of `COPY`.
enum CopyText {
    /// - Returns: false if it has no notation, or contains what a text of PostgreSQL's can't.
    static func append(_ value: SQLValue, to bytes: inout [UInt8]) -> Bool {
        if case .null = value {
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(UInt8(ascii: "N"))
            return true
        }
        guard let text = TextNotation.text(value) else { return false }
        for byte in text.utf8 {
            switch byte {
            case 0: return false
            case UInt8(ascii: "\\"):
                bytes.append(byte)
                bytes.append(byte)
            case UInt8(ascii: "\t"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(UInt8(ascii: "t"))
            case UInt8(ascii: "\n"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(UInt8(ascii: "n"))
            case UInt8(ascii: "\r"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(UInt8(ascii: "r"))
            default: bytes.append(byte)
            }
        }
        return true
    }
}
