public import PoolingSQL

/// An array of PostgreSQL's, one dimension of it: `let tags = try row.decode("tags", as: PostgresArray<String>.self)`.
///
/// Among ``SQLValue``s it is text in the server's notation, `{1,2,NULL}`. Elements that may be NULL are optionals;
/// an array of arrays is `PostgresArray<PostgresArray<Int>>`. Lower bounds other than 1 are not kept.
public struct PostgresArray<Element> {
    public var elements: [Element]

    public init(_ elements: [Element]) { self.elements = elements }
}

extension PostgresArray: Sendable where Element: Sendable {}
extension PostgresArray: Equatable where Element: Equatable {}
extension PostgresArray: Hashable where Element: Hashable {}

extension PostgresArray: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Element...) { self.init(elements) }
}

/// What is written in an array as it is, and not as one of its texts.
protocol NestedArray {
    var notation: String { get }
}

extension PostgresArray: SQLEncodable, NestedArray where Element: SQLEncodable {
    /// - Complexity: O(n), and it allocates.
    public var sqlValue: SQLValue { .text(notation) }

    var notation: String {
        let texts = elements.map { element in
            if let inner = element as? any NestedArray { return inner.notation }
            return TextNotation.text(element.sqlValue).map(ArrayNotation.quoted) ?? "NULL"
        }
        return "{" + texts.joined(separator: ",") + "}"
    }
}

extension PostgresArray: SQLDecodable where Element: SQLDecodable {
    /// - Complexity: O(n), and it allocates.
    public init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue, let texts = ArrayNotation.elements(text) else { return nil }
        var elements: [Element] = []
        elements.reserveCapacity(texts.count)
        for text in texts {
            guard let element = Self.element(text) else { return nil }
            elements.append(element)
        }
        self.init(elements)
    }

    /// The notation does not say what type its elements are, but `Element` takes only what is right for it.
    private static func element(_ text: String?) -> Element? {
        guard let text else { return Element(sqlValue: .null) }
        if let element = Element(sqlValue: .text(text)) { return element }
        if let number = Int64(text), let element = Element(sqlValue: .integer(number)) { return element }
        if let number = Double(text), let element = Element(sqlValue: .double(number)) { return element }
        if text == "t" || text == "f", let element = Element(sqlValue: .bool(text == "t")) { return element }
        guard let bytes = TextNotation.bytes(text) else { return nil }
        return Element(sqlValue: .blob(bytes))
    }
}
