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
