extension SQLQuery {
    /// What the compiler builds an interpolated ``SQLQuery`` with.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        public typealias StringLiteralType = StaticString

        @usableFromInline var segments: [Segment]
        @usableFromInline var hash: UInt
        @usableFromInline var isStatic: Bool

        // Set here and not where they are declared: what stands there is not inlined into other modules.
        @inlinable init(segmentCapacity: Int) {
            segments = []
            hash = 0
            isStatic = true
            segments.reserveCapacity(segmentCapacity)
        }

        @inlinable public init(literalCapacity: Int, interpolationCount: Int) {
            self.init(segmentCapacity: interpolationCount * 2 + 1)
        }

        @inlinable public mutating func appendLiteral(_ literal: StaticString) {
            guard literal.hasPointerRepresentation else {
                appendInterpolation(unsafe: literal.description)
                return
            }
            if literal.utf8CodeUnitCount == 0 { return }
            mix(UInt(bitPattern: literal.utf8Start) ^ UInt(bitPattern: literal.utf8CodeUnitCount) << 48)
            segments.append(.literal(literal))
        }

        /// Binds a value.
        @inlinable public mutating func appendInterpolation(_ value: some SQLEncodable) {
            mix(1)
            segments.append(.bind(value.sqlValue))
        }

        /// Binds a value as JSON: `try await connection.execute("UPDATE t SET settings = \(json: settings)")`.
        /// - Throws: ``SQLError`` of kind `.typeMismatch` if a part of it has no form in JSON, and what its own
        ///   `encode(to:)` throws.
        /// - Complexity: O(n) in the size of the value.
        public mutating func appendInterpolation(json value: some Encodable) throws {
            appendInterpolation(SQLValue.json(try JSONNotation.text(value)))
        }

        /// Binds a value as JSON; nil is NULL and not JSON's `null`.
        /// - Throws: ``SQLError`` of kind `.typeMismatch` if a part of it has no form in JSON, and what its own
        ///   `encode(to:)` throws.
        /// - Complexity: O(n) in the size of the value.
        public mutating func appendInterpolation<Value: Encodable>(json value: Value?) throws {
            guard let value else { return appendInterpolation(SQLValue.null) }
            appendInterpolation(SQLValue.json(try JSONNotation.text(value)))
        }

        /// Binds a value, or NULL for nil.
        @inlinable public mutating func appendInterpolation<Value: SQLEncodable>(_ value: Value?) {
            mix(1)
            segments.append(.bind(value.sqlValue))
        }

        /// Half of its values fit no integer column: say which type you mean.
        @available(*, unavailable, message: "convert it to Int64 or to String, whichever the column holds")
        public mutating func appendInterpolation(_ value: UInt) {}

        /// Half of its values fit no integer column: say which type you mean.
        @available(*, unavailable, message: "convert it to Int64 or to String, whichever the column holds")
        public mutating func appendInterpolation(_ value: UInt64) {}

        /// Inserts a part of a statement with its own values.
        public mutating func appendInterpolation(_ part: SQLQuery) {
            isStatic = isStatic && part.fingerprint != 0
            mix(part.fingerprint)
            segments += part.segments
        }

        /// A name of a table or column, quoted as the database wants it.
        public mutating func appendInterpolation(identifier name: String) {
            isStatic = false
            segments.append(.identifier(name))
        }

        /// Text that becomes part of the statement as it is. Never pass on what a user has entered.
        public mutating func appendInterpolation(unsafe text: String) {
            isStatic = false
            segments.append(.text(text))
        }

        @inlinable mutating func mix(_ word: UInt) {
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
        }
    }
}
