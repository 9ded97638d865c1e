/// A statement and its values.
///
///     let rows = try await connection.query("SELECT name FROM users WHERE id = \(id)")
///
/// Whatever is interpolated is bound and never becomes part of the text, so that no value can change what the
/// statement means. `\(identifier:)` quotes a name, `\(unsafe:)` pastes text as it is, another `SQLQuery` goes in with
/// its own values.
///
/// The text is kept in pieces, because each database writes placeholders in its own way (``SQLDialect``), and because
/// the literal pieces of one place in a program have the same addresses every time: a driver knows the statement again
/// by comparing two or three pointers, with nothing rendered, hashed or copied.
public struct SQLQuery: Sendable, ExpressibleByStringInterpolation {
    @usableFromInline
    package enum Segment: Sendable {
        case literal(StaticString)
        case bind(SQLValue)
        case identifier(String)
        case text(String)
        /// A value whose placeholder stands in the text before it.
        case placed(SQLValue)
    }

    @usableFromInline package var segments: [Segment]

    /// A hash of the literals' addresses and of where values stand between them.
    /// 0: some of the text is known at run time only, and it has to be compared as text.
    @usableFromInline package var fingerprint: UInt

    @inlinable public init(stringLiteral value: StaticString) {
        var interpolation = StringInterpolation(segmentCapacity: 1)
        interpolation.appendLiteral(value)
        self.init(stringInterpolation: interpolation)
    }

    @inlinable public init(stringInterpolation interpolation: StringInterpolation) {
        segments = interpolation.segments
        fingerprint = interpolation.isStatic ? interpolation.hash | 1 : 0
    }

    /// A statement whose text is made at run time, with placeholders as the database at hand writes them.
    ///
    /// Never build `text` from what a user has entered: that is what `binds` are for.
    public init(unsafe text: String, binds: [SQLValue] = []) {
        segments = [.text(text)] + binds.map(Segment.placed)
        fingerprint = 0
    }

    /// The bound values, in the order of their placeholders.
    /// - Complexity: O(n), and it allocates.
    public var binds: [SQLValue] {
        segments.compactMap { segment in
            switch segment {
            case .bind(let value), .placed(let value): value
            case .literal, .identifier, .text: nil
            }
        }
    }

    /// The statement's text with the placeholders of `dialect`.
    /// - Complexity: O(n), and it allocates: a driver does this once for each statement that it prepares.
    public func text(in dialect: SQLDialect) -> String {
        var text = ""
        var position = 0
        for segment in segments {
            switch segment {
            case .literal(let literal): text += literal.description
            case .text(let piece): text += piece
            case .identifier(let name): text += dialect.quoted(name)
            case .bind:
                position += 1
                text += dialect.placeholder(position)
            case .placed:
                position += 1
            }
        }
        return text
    }

    /// Whether values are bound in it.
    package var hasValues: Bool {
        segments.contains {
            switch $0 {
            case .bind, .placed: true
            default: false
            }
        }
    }

    /// True if both are the same literals of the program around the same number of values, so that their texts are
    /// equal. False says nothing.
    @inlinable package func hasSameLiterals(as other: SQLQuery) -> Bool {
        guard fingerprint == other.fingerprint, fingerprint != 0, segments.count == other.segments.count else {
            return false
        }
        for index in segments.indices {
            // One switch in the other: one over both would copy their values.
            switch segments[index] {
            case .bind:
                guard case .bind = other.segments[index] else { return false }
            case .literal(let a):
                guard case .literal(let b) = other.segments[index], a.utf8Start == b.utf8Start,
                    a.utf8CodeUnitCount == b.utf8CodeUnitCount
                else { return false }
            case .identifier, .text, .placed: return false
            }
        }
        return true
    }

    /// The same text with every value forgotten: what a cache may keep.
    package var withoutValues: SQLQuery {
        var query = self
        query.segments = segments.map { segment in
            switch segment {
            case .bind: .bind(.null)
            case .placed: .placed(.null)
            case .literal, .identifier, .text: segment
            }
        }
        return query
    }
}

extension SQLQuery: CustomStringConvertible, CustomReflectable {
    /// The text with `?` for every value: values never show.
    public var description: String { text(in: SQLDialect(placeholders: .questionMark, identifierQuote: "\"")) }
    public var customMirror: Mirror { Mirror(self, children: ["text": description]) }
}
